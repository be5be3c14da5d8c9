// A host that gives a program its streams, files and variables through wasm_export.h and tenon.h,
// once with everything in a pool of its own. Arguments: guest.aot, a directory.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/include/tenon.h"

static char pool[16 * 1024 * 1024];
static char written[1000];
static size_t written_size;
static const char* input;
static unsigned traced_opens, traced_exits;

static void check(int good, const char* what) {
  if (good) return;
  fprintf(stderr, "FAILED: %s\n", what);
  exit(1);
}

// Seven bytes at a time, whatever is asked for: reads are short.
static int64_t read_input(void* user_data, void* bytes, uint64_t size) {
  check(strcmp(user_data, "reading") == 0, "user data");
  uint64_t left = strlen(input);
  if (left > 7) left = 7;
  if (left > size) left = size;
  memcpy(bytes, input, left);
  input += left;
  return (int64_t)left;
}

static int64_t write_output(void* user_data, void* bytes, uint64_t size) {
  (void)user_data;
  if (size > 5) size = 5;  // and writes are
  check(written_size + size < sizeof written, "room");
  memcpy(written + written_size, bytes, size);
  written_size += size;
  return (int64_t)size;
}

static void trace(void* user_data, const char* line, size_t length) {
  (void)user_data;
  check(length > 0 && line[length - 1] == '\n', "a whole line");
  if (strncmp(line, "path_open(", 10) == 0) ++traced_opens;
  if (strncmp(line, "proc_exit(", 10) == 0) ++traced_exits;
}

static void run(const char* path, const char* directory, bool in_pool) {
  RuntimeInitArgs init = {0};
  init.mem_alloc_type = in_pool ? Alloc_With_Pool : Alloc_With_System_Allocator;
  if (in_pool) {
    init.mem_alloc_option.pool.heap_buf = pool;
    init.mem_alloc_option.pool.heap_size = sizeof pool;
  }
  check(wasm_runtime_full_init(&init), "init");
  char error[300] = "";
  wasm_module_t module = tenon_load_file(path, error, sizeof error);
  check(module != NULL, error);
  char mapping[500];
  snprintf(mapping, sizeof mapping, "guest::%s", directory);
  const char* mappings[] = {mapping};
  const char* variables[] = {"NAME=value"};
  char* arguments[] = {"program", "argument"};
  FILE* errors = tmpfile();
  wasm_runtime_set_wasi_args_ex(module, NULL, 0, mappings, 1, variables, 1, arguments, 2, -1, -1,
                                fileno(errors));
  tenon_set_wasi_stream(module, 0, read_input, "reading");
  tenon_set_wasi_stream(module, 1, write_output, NULL);
  tenon_set_wasi_trace(module, trace, NULL);
  input = "first line\nsecond line\n";
  written_size = 0;
  traced_opens = traced_exits = 0;

  wasm_module_inst_t instance = wasm_runtime_instantiate(module, 64 * 1024, 0, error, sizeof error);
  check(instance != NULL, error);
  check(wasm_runtime_is_wasi_mode(instance), "WASI mode");
  wasm_function_inst_t start = wasm_runtime_lookup_wasi_start_function(instance);
  check(start != NULL, "start function");
  wasm_exec_env_t environment = wasm_runtime_create_exec_env(instance, 64 * 1024);
  const bool returned = wasm_runtime_call_wasm(environment, start, 0, NULL);
  check(!returned || wasm_runtime_get_exception(instance) == NULL, "exit is no trap");
  check(wasm_runtime_get_wasi_exit_code(instance) == 5, "exit status");
  written[written_size] = '\0';
  check(strcmp(written, "argument value file\nfirst line\nsecond line\n") == 0, written);
  char text[100] = "";
  rewind(errors);
  check(fgets(text, sizeof text, errors) != NULL && strcmp(text, "to stderr\n") == 0,
        "standard error");
  check(traced_opens == 1 && traced_exits == 1, "trace");
  fclose(errors);
  wasm_runtime_destroy_exec_env(environment);
  wasm_runtime_deinstantiate(instance);
  wasm_runtime_unload(module);
  tenon_memory_report_t report;
  tenon_get_memory_report(&report);
  check(report.categories[TENON_INSTANCE].live_bytes == 0, "instance memory comes back");
  wasm_runtime_destroy();
}

int main(int argc, char** argv) {
  check(argc == 3, "arguments");
  run(argv[1], argv[2], false);
  run(argv[1], argv[2], true);
  return 0;
}
