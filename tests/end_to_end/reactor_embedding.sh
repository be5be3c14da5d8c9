# A host that instantiates a library for WASI finds it initialised, once: its constructors have run.
source "$(dirname "$0")/common.sh"
cat > library.c <<'C'
#include <stdlib.h>
static int runs;
static int* heap;
__attribute__((constructor)) static void start(void) { ++runs; heap = malloc(4); *heap = 41; }
__attribute__((export_name("value"))) int value(void) { return *heap + runs; }
C
cat > host.c <<'C'
#include <stdio.h>
#include <string.h>
#include "runtime/include/tenon.h"
#include "runtime/include/wasm_export.h"
int main(int argc, char** argv) {
  char error[200] = "";
  RuntimeInitArgs arguments;
  memset(&arguments, 0, sizeof arguments);
  arguments.mem_alloc_type = Alloc_With_System_Allocator;
  if (argc != 2 || !wasm_runtime_full_init(&arguments)) return 2;
  wasm_module_t module = tenon_load_file(argv[1], error, sizeof error);
  wasm_module_inst_t instance = module ? wasm_runtime_instantiate(module, 65536, 0, error, sizeof error) : NULL;
  if (!instance) return puts(error), 2;
  wasm_exec_env_t environment = wasm_runtime_create_exec_env(instance, 65536);
  unsigned cells[1] = {0};
  if (!wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, "value"), 0, cells)) return 2;
  printf("%u\n", cells[0]);
  wasm_runtime_destroy_exec_env(environment);
  wasm_runtime_deinstantiate(instance);
  wasm_runtime_unload(module);
  wasm_runtime_destroy();
  return 0;
}
C
wasi_cc -mexec-model=reactor library.c -o library.wasm
"$TENONC" library.wasm -o library.aot
build_host host.c
test "$(./host library.aot)" = 42
