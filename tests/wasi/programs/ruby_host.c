// A host for CRuby as npm ships it (@ruby/3.3-wasm-wasi), which is no command but a library: it
// starts the interpreter and has it run a script. The imports that reach for JavaScript are left
// as they are: calling one traps. What the script's value is handed out through is supplied.
// Arguments: ruby.aot, the script, a directory, which the script finds as /data.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/include/tenon.h"

// The handle of a Ruby object is its address.
static uint32_t new_handle(wasm_exec_env_t caller, uint32_t object) {
  (void)caller;
  return object;
}
static NativeSymbol natives[] = {{"resource_new_rb-abi-value", new_handle, "(i)i", NULL}};

static wasm_module_inst_t instance;
static wasm_exec_env_t environment;

static void fail(const char* what) {
  const char* exception = instance ? wasm_runtime_get_exception(instance) : NULL;
  fprintf(stderr, "%s: %s\n", what, exception ? exception : "");
  exit(1);
}

// Calls an export with these cells; returns the first result cell.
static uint32_t call(const char* name, uint32_t count, uint32_t* cells) {
  wasm_function_inst_t function = wasm_runtime_lookup_function(instance, name);
  if (!function) fail(name);
  if (!wasm_runtime_call_wasm(environment, function, count, cells)) fail(name);
  return cells[0];
}

static uint32_t allocate(uint32_t size, uint32_t alignment) {
  uint32_t cells[4] = {0, 0, alignment, size};
  return call("cabi_realloc", 4, cells);
}

static void* native(uint32_t address) { return wasm_runtime_addr_app_to_native(instance, address); }

// The glue wants its strings with the NUL.
static uint32_t copy_in(const char* bytes, uint32_t size) {
  const uint32_t address = allocate(size, 1);
  memcpy(native(address), bytes, size);
  return address;
}

static char* read_file(const char* path, uint32_t* size) {
  FILE* file = fopen(path, "rb");
  if (!file) {
    perror(path);
    exit(1);
  }
  fseek(file, 0, SEEK_END);
  *size = (uint32_t)ftell(file);
  rewind(file);
  char* bytes = calloc(1, *size + 1);
  if (fread(bytes, 1, *size, file) != *size) exit(1);
  fclose(file);
  return bytes;
}

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  RuntimeInitArgs init = {0};
  init.mem_alloc_type = Alloc_With_System_Allocator;
  init.native_module_name = "canonical_abi";
  init.native_symbols = natives;
  init.n_native_symbols = 1;
  if (!wasm_runtime_full_init(&init)) fail("init");
  char error[300] = "";
  wasm_module_t module = tenon_load_file(argv[1], error, sizeof error);
  if (!module) {
    fprintf(stderr, "%s\n", error);
    return 1;
  }
  char mapping[1000];
  snprintf(mapping, sizeof mapping, "/data::%s", argv[3]);
  const char* mappings[] = {mapping};
  char* arguments[] = {"ruby"};
  wasm_runtime_set_wasi_args(module, NULL, 0, mappings, 1, NULL, 0, arguments, 1);
  // WAMR, like Tenon, calls _initialize when it instantiates a reactor.
  instance = wasm_runtime_instantiate(module, 16 * 1024 * 1024, 0, error, sizeof error);
  if (!instance) {
    fprintf(stderr, "%s\n", error);
    return 1;
  }
  environment = wasm_runtime_create_exec_env(instance, 16 * 1024 * 1024);

  static const char* const kArguments[] = {"ruby.wasm", "-EUTF-8", "-e_=0"};
  uint32_t list[6];
  for (int i = 0; i < 3; ++i) {
    list[i * 2 + 1] = (uint32_t)strlen(kArguments[i]) + 1;
    list[i * 2] = copy_in(kArguments[i], list[i * 2 + 1]);
  }
  const uint32_t address = allocate(sizeof list, 4);
  memcpy(native(address), list, sizeof list);
  uint32_t init_cells[2] = {address, 3};
  call("ruby-init: func(args: list<string>) -> ()", 2, init_cells);

  uint32_t size;
  const char* script = read_file(argv[2], &size);
  uint32_t cells[2] = {copy_in(script, size + 1), size + 1};
  const uint32_t result = call(
      "rb-eval-string-protect: func(str: string) -> tuple<handle<rb-abi-value>, s32>", 2, cells);
  int32_t state;
  memcpy(&state, (char*)native(result) + 4, sizeof state);
  if (state != 0) fprintf(stderr, "the script ended with state %d\n", state);

  wasm_runtime_destroy_exec_env(environment);
  wasm_runtime_deinstantiate(instance);
  wasm_runtime_unload(module);
  wasm_runtime_destroy();
  return state == 0 ? 0 : 1;
}
