/* Calls each function of loop_bounds.sh's module with ranges around the memory's end and prints how
   the call ended and what the memory has become: stores before a trap have happened, later ones
   have not. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "runtime/include/tenon.h"
#include "runtime/include/wasm_export.h"

enum { kPage = 65536 };

static uint32_t Digest(const uint8_t* bytes) {
  uint32_t digest = 2166136261u;
  for (uint32_t i = 0; i < kPage; ++i) digest = (digest ^ bytes[i]) * 16777619u;
  return digest;
}

int main(int argc, char** argv) {
  static const char* const names[] = {"up",         "down",   "strided", "conditional",
                                      "two_arrays", "nested", "matrix",  "fields"};
  /* start (bytes), count, step (bytes) */
  static const uint32_t ranges[][3] = {
      {0, 100, 8},          {65536 - 800, 100, 8}, {65536 - 796, 100, 8},   {65536 - 400, 100, 8},
      {65528, 1, 8},        {65529, 1, 8},         {65536, 0, 8},           {0xFFFFFFF8u, 3, 8},
      {0xFFFFFFF8u, 1, 16}, {400, 100, 8},         {400, 50, 0xFFFFFFF8u},  {396, 100, 0xFFFFFFF8u},
      {8, 8193, 8},         {0, 0x20000000u, 8},   {16, 3, 0x80000000u},    {0, 2, 0xFFFFFFFFu},
      {0, 40, 4096},        {0, 0x40000001u, 4},   {65535, 0xFFFFFFFFu, 1}, {64, 1000, 64}};
  char error[200];
  RuntimeInitArgs arguments;
  memset(&arguments, 0, sizeof arguments);
  arguments.mem_alloc_type = Alloc_With_System_Allocator;
  if (argc != 2 || !wasm_runtime_full_init(&arguments)) return 2;
  wasm_module_t module = tenon_load_file(argv[1], error, sizeof error);
  if (module == NULL) return fprintf(stderr, "%s\n", error), 2;
  for (unsigned f = 0; f < sizeof names / sizeof *names; ++f) {
    for (unsigned r = 0; r < sizeof ranges / sizeof *ranges; ++r) {
      wasm_module_inst_t instance = wasm_runtime_instantiate(module, 0, 0, error, sizeof error);
      if (instance == NULL) return fprintf(stderr, "%s\n", error), 2;
      wasm_exec_env_t environment = wasm_runtime_create_exec_env(instance, 65536);
      wasm_function_inst_t function = wasm_runtime_lookup_function(instance, names[f]);
      if (environment == NULL || function == NULL) return 2;
      uint32_t values[4] = {ranges[r][0], ranges[r][1], ranges[r][2]};
      const bool fine = wasm_runtime_call_wasm(environment, function, 3, values);
      const uint8_t* memory = wasm_runtime_addr_app_to_native(instance, 0);
      printf("%s(%u, %u, %u): %s, %08x\n", names[f], ranges[r][0], ranges[r][1], ranges[r][2],
             fine ? "returned" : wasm_runtime_get_exception(instance), Digest(memory));
      wasm_runtime_destroy_exec_env(environment);
      wasm_runtime_deinstantiate(instance);
    }
  }
  wasm_runtime_unload(module);
  wasm_runtime_destroy();
  return 0;
}
