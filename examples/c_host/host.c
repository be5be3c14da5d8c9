/* A host whose whole runtime lives in one static array: module, instance, linear memory and stack.
 * Nothing is allocated elsewhere. */
#include <stdio.h>
#include <string.h>

#include "tenon.h"
#include "wasm_export.h"

static uint8_t pool[512 * 1024];

/* What the module imports as "host" "next": 3, 2, 1, 0, then the end. */
static int32_t next(wasm_exec_env_t environment) {
  static int32_t number = 4;
  (void)environment;
  return --number;
}

static int fail(const char* what, const char* why) {
  fprintf(stderr, "host: %s: %s\n", what, why);
  return 1;
}

int main(int argc, char** argv) {
  static NativeSymbol natives[] = {{"next", (void*)next, "()i", NULL}};
  char error[256] = "";
  RuntimeInitArgs arguments;
  memset(&arguments, 0, sizeof arguments);
  arguments.mem_alloc_type = Alloc_With_Pool;
  arguments.mem_alloc_option.pool.heap_buf = pool;
  arguments.mem_alloc_option.pool.heap_size = sizeof pool;
  arguments.native_module_name = "host";
  arguments.native_symbols = natives;
  arguments.n_native_symbols = 1;
  if (argc != 2) return fail("usage", "host FILE.aot");
  if (!wasm_runtime_full_init(&arguments)) return fail("init", "the pool is too small");
  wasm_module_t module = tenon_load_file(argv[1], error, sizeof error);
  if (module == NULL) return fail("load", error);
  wasm_module_inst_t instance = wasm_runtime_instantiate(module, 64 * 1024, 0, error, sizeof error);
  if (instance == NULL) return fail("instantiate", error);
  wasm_exec_env_t environment = wasm_runtime_create_exec_env(instance, 64 * 1024);
  wasm_function_inst_t function = wasm_runtime_lookup_function(instance, "sum");
  if (environment == NULL || function == NULL) return fail("sum", "is not there");
  uint32_t cells[1];
  if (!wasm_runtime_call_wasm(environment, function, 0, cells))
    return fail("call", wasm_runtime_get_exception(instance));
  printf("sum: %d\n", (int)cells[0]);
  wasm_runtime_destroy_exec_env(environment);
  wasm_runtime_deinstantiate(instance);
  wasm_runtime_unload(module);
  wasm_runtime_destroy();
  return 0;
}
