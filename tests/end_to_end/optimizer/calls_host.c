/* Calls functions of a module, one after the other, in one instance, and prints how each call ended
   and what the first page of the memory is then: stores before a trap have happened, later ones have
   not. FILE.aot, then calls: NAME or NAME,ARGUMENT... with arguments of 32 bits. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/include/tenon.h"
#include "runtime/include/wasm_export.h"

enum { kPage = 65536, kMostArguments = 8 };

static uint32_t Digest(const uint8_t* bytes) {
  uint32_t digest = 2166136261u;
  for (uint32_t i = 0; i < kPage; ++i) digest = (digest ^ bytes[i]) * 16777619u;
  return digest;
}

int main(int argc, char** argv) {
  char error[200] = "";
  RuntimeInitArgs arguments;
  memset(&arguments, 0, sizeof arguments);
  arguments.mem_alloc_type = Alloc_With_System_Allocator;
  if (argc < 2 || !wasm_runtime_full_init(&arguments)) return 2;
  wasm_module_t module = tenon_load_file(argv[1], error, sizeof error);
  if (module == NULL) return fprintf(stderr, "%s\n", error), 2;
  wasm_module_inst_t instance = wasm_runtime_instantiate(module, 0, 0, error, sizeof error);
  if (instance == NULL) return fprintf(stderr, "%s\n", error), 2;
  wasm_exec_env_t environment = wasm_runtime_create_exec_env(instance, 65536);
  for (int i = 2; i < argc; ++i) {
    uint32_t cells[kMostArguments + 4] = {0};
    uint32_t count = 0;
    printf("%s: ", argv[i]);
    char* name = strtok(argv[i], ",");
    for (char* text; count < kMostArguments && (text = strtok(NULL, ",")) != NULL;)
      cells[count++] = (uint32_t)strtoul(text, NULL, 0);
    wasm_function_inst_t function = wasm_runtime_lookup_function(instance, name);
    if (function == NULL) return fprintf(stderr, "no function %s\n", name), 2;
    const bool fine = wasm_runtime_call_wasm(environment, function, count, cells);
    if (fine && wasm_func_get_result_count(function, instance) != 0) {
      printf("%u", cells[0]);
    } else {
      printf("%s", fine ? "returned" : wasm_runtime_get_exception(instance));
    }
    printf(", %08x\n", Digest(wasm_runtime_addr_app_to_native(instance, 0)));
    wasm_runtime_clear_exception(instance);
  }
  wasm_runtime_destroy_exec_env(environment);
  wasm_runtime_deinstantiate(instance);
  wasm_runtime_unload(module);
  wasm_runtime_destroy();
  return 0;
}
