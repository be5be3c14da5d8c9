# What a trap finds stored before it, in both modes: exactly what stands before it in the module, also in
# globals and in loops that LLVM would write anew.
source "$(dirname "$0")/../common.sh"
cat > order.c <<'C'
__attribute__((address_space(1))) unsigned counter;
__attribute__((export_name("done"))) unsigned done(void) { return counter; }
#define EXPORT(name) __attribute__((export_name(#name))) unsigned name(unsigned start, unsigned count)
EXPORT(stores) {
  counter = 0;
  for (unsigned i = 0; i < count; ++i) {
    ++counter;
    *(volatile unsigned*)(start + 8 * i) = i;
  }
  return counter;
}
EXPORT(loads) {
  unsigned sum = 0;
  counter = 0;
  for (unsigned i = 0; i < count; ++i) {
    ++counter;
    sum += *(volatile unsigned*)(start + 8 * i);
  }
  return sum;
}
EXPORT(load_first) {
  counter = 0;
  unsigned value = *(volatile unsigned*)start;
  counter = count;
  return value;
}
EXPORT(same_again) {
  counter = 0;
  for (unsigned i = 0; i < count; ++i) {
    ++counter;
    *(volatile unsigned*)start = 0;
  }
  return 0;
}
C
cat > host.c <<'C'
#include <stdio.h>
#include <string.h>
#include "runtime/include/tenon.h"
#include "runtime/include/wasm_export.h"
int main(int argc, char** argv) {
  static const char* const names[] = {"stores", "loads", "load_first", "same_again"};
  static const unsigned starts[] = {0, 65536 - 80, 65536 - 8, 65533, 65536};
  char error[200] = "";
  RuntimeInitArgs arguments;
  memset(&arguments, 0, sizeof arguments);
  arguments.mem_alloc_type = Alloc_With_System_Allocator;
  if (argc != 2 || !wasm_runtime_full_init(&arguments)) return 2;
  wasm_module_t module = tenon_load_file(argv[1], error, sizeof error);
  wasm_module_inst_t instance = module ? wasm_runtime_instantiate(module, 0, 0, error, sizeof error) : NULL;
  if (!instance) return puts(error), 2;
  wasm_exec_env_t environment = wasm_runtime_create_exec_env(instance, 65536);
  for (unsigned f = 0; f < sizeof names / sizeof *names; ++f) {
    for (unsigned s = 0; s < sizeof starts / sizeof *starts; ++s) {
      unsigned cells[2] = {starts[s], 98}, done[1] = {0};
      const bool fine = wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, names[f]), 2, cells);
      wasm_runtime_clear_exception(instance);
      if (!wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, "done"), 0, done)) return 2;
      printf("%s(%u): %s after %u\n", names[f], starts[s], fine ? "returned" : "trapped", done[0]);
    }
  }
  wasm_runtime_destroy_exec_env(environment);
  wasm_runtime_deinstantiate(instance);
  wasm_runtime_unload(module);
  wasm_runtime_destroy();
  return 0;
}
C
wasm_cc -O1 -Wl,-z,stack-size=1024 -Wl,--initial-memory=65536 order.c -o order.wasm
build_host host.c
cat > expected <<'T'
stores(0): returned after 98
stores(65456): trapped after 11
stores(65528): trapped after 2
stores(65533): trapped after 1
stores(65536): trapped after 1
loads(0): returned after 98
loads(65456): trapped after 11
loads(65528): trapped after 2
loads(65533): trapped after 1
loads(65536): trapped after 1
load_first(0): returned after 98
load_first(65456): returned after 98
load_first(65528): returned after 98
load_first(65533): trapped after 0
load_first(65536): trapped after 0
same_again(0): returned after 98
same_again(65456): returned after 98
same_again(65528): returned after 98
same_again(65533): trapped after 1
same_again(65536): trapped after 1
T
in_order() { prints expected ./host "$1"; }
every_way in_order order.wasm "$all_levels" "--bounds-checks=explicit|--bounds-checks=guard --exact-order"
