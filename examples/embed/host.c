/* Calls a WebAssembly function that is compiled into this program: no file is read, and the code
 * runs from the program's own pages. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fibonacci_aot.h"
#include "wasm_export.h"

static int fail(const char* what, const char* why) {
  fprintf(stderr, "host: %s: %s\n", what, why);
  return 1;
}

int main(int argc, char** argv) {
  char error[256] = "";
  if (!wasm_runtime_init()) return fail("init", "no memory");
  wasm_module_t module =
      wasm_runtime_load((uint8_t*)fibonacci_aot, fibonacci_aot_size, error, sizeof error);
  if (module == NULL) return fail("load", error);
  wasm_module_inst_t instance = wasm_runtime_instantiate(module, 64 * 1024, 0, error, sizeof error);
  if (instance == NULL) return fail("instantiate", error);
  wasm_exec_env_t environment = wasm_runtime_create_exec_env(instance, 64 * 1024);
  wasm_function_inst_t function = wasm_runtime_lookup_function(instance, "fibonacci");
  if (environment == NULL || function == NULL) return fail("fibonacci", "is not there");

  /* One cell for the argument; the 64-bit result takes two. */
  uint32_t cells[2] = {argc > 1 ? (uint32_t)atoi(argv[1]) : 10, 0};
  if (!wasm_runtime_call_wasm(environment, function, 1, cells))
    return fail("call", wasm_runtime_get_exception(instance));
  uint64_t result;
  memcpy(&result, cells, sizeof result);
  printf("fibonacci: %" PRIu64 "\n", result);

  wasm_runtime_destroy_exec_env(environment);
  wasm_runtime_deinstantiate(instance);
  wasm_runtime_unload(module);
  wasm_runtime_destroy();
  return 0;
}
