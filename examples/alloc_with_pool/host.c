/* The memory model in one static array: a word counter that reads standard input runs in 512 KiB,
 * and a report says where every byte of them went. */
#include <stdio.h>
#include <string.h>

#include "tenon.h"

static char global_heap_buf[512 * 1024];

static void print_report(const char* when) {
  static const char* const names[] = {"runtime", "module", "instance", "execution environment"};
  tenon_memory_report_t report;
  tenon_get_memory_report(&report);
  printf("%s:\n", when);
  for (int i = 0; i < TENON_CATEGORIES; ++i) {
    printf("  %-22s %8llu bytes, at most %llu\n", names[i],
           (unsigned long long)report.categories[i].live_bytes,
           (unsigned long long)report.categories[i].peak_bytes);
  }
  printf("  free in the pool       %8llu of %llu\n", (unsigned long long)report.pool_free,
         (unsigned long long)report.pool_size);
}

int main(int argc, char** argv) {
  char error_buf[256];
  RuntimeInitArgs init_args;

  if (argc != 2) return fprintf(stderr, "usage: host wordcount.aot < TEXT\n"), 2;

  memset(&init_args, 0, sizeof(RuntimeInitArgs));
  init_args.mem_alloc_type = Alloc_With_Pool;
  init_args.mem_alloc_option.pool.heap_buf = global_heap_buf;
  init_args.mem_alloc_option.pool.heap_size = sizeof(global_heap_buf);
  if (!wasm_runtime_full_init(&init_args)) return 1;

  wasm_module_t module = tenon_load_file(argv[1], error_buf, sizeof(error_buf));
  if (module == NULL) return fprintf(stderr, "%s\n", error_buf), 1;
  wasm_runtime_set_wasi_args(module, NULL, 0, NULL, 0, NULL, 0, &argv[1], 1);

  wasm_module_inst_t module_inst =
      wasm_runtime_instantiate(module, 64 * 1024, 0, error_buf, sizeof(error_buf));
  if (module_inst == NULL) return fprintf(stderr, "%s\n", error_buf), 1;

  if (!wasm_application_execute_main(module_inst, 0, NULL))
    fprintf(stderr, "%s\n", wasm_runtime_get_exception(module_inst));
  print_report("after the program");

  wasm_runtime_deinstantiate(module_inst);
  wasm_runtime_unload(module);
  print_report("at the end");
  wasm_runtime_destroy();
  return 0;
}
