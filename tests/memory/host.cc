#include "tests/memory/host.h"

#include <fcntl.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace tenon::tests {
namespace {

std::int32_t HostAdd(wasm_exec_env_t, std::int32_t a, std::int32_t b) { return a + b; }

std::int32_t HostText(wasm_exec_env_t, char* text, std::uint32_t length, const char* from) {
  std::snprintf(text, length, "%s!", from);
  return static_cast<std::int32_t>(std::strlen(text));
}

std::int32_t HostCallBack(wasm_exec_env_t environment, std::int32_t n) {
  const wasm_module_inst_t instance = wasm_runtime_get_module_inst(environment);
  std::uint32_t cell = static_cast<std::uint32_t>(n);
  wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, "call_back"), 1,
                         &cell);
  return static_cast<std::int32_t>(cell);
}

void HostRaw(wasm_exec_env_t, std::uint64_t* args) {
  native_raw_return_type(double, args);
  native_raw_get_arg(std::int32_t, a, args);
  native_raw_get_arg(std::int64_t, b, args);
  native_raw_get_arg(float, c, args);
  native_raw_get_arg(double, d, args);
  native_raw_set_return(a + static_cast<double>(b) + static_cast<double>(c) + d);
}

struct Life {
  wasm_module_t module = nullptr;
  wasm_module_inst_t instance = nullptr;
  wasm_exec_env_t environment = nullptr;
  char* error;
  std::uint32_t error_size;

  ~Life() {
    if (environment != nullptr) wasm_runtime_destroy_exec_env(environment);
    wasm_runtime_deinstantiate(instance);
    wasm_runtime_unload(module);
  }
  bool Fail(const char* what) {
    std::snprintf(error, error_size, "%s", what);
    return false;
  }
  // Calls with one cell; the result comes back in it.
  bool Call(const char* name, std::uint32_t* cell, std::uint32_t count) {
    return wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, name), count,
                                  cell);
  }
  bool Expect(const char* name, std::uint32_t argument, std::uint32_t count, std::uint32_t wanted) {
    std::uint32_t cells[2] = {argument, argument};
    if (!Call(name, cells, count)) return Fail(wasm_runtime_get_exception(instance));
    return cells[0] == wanted || Fail("a call gave a wrong result");
  }
  bool ExpectTrap(const char* name, std::uint32_t argument, std::uint32_t count, const char* text) {
    if (Call(name, &argument, count)) return Fail("a call that should trap did not");
    const char* const exception = wasm_runtime_get_exception(instance);
    const bool right = exception != nullptr && std::strstr(exception, text) != nullptr;
    if (!right) Fail(exception != nullptr ? exception : "no exception");
    wasm_runtime_clear_exception(instance);
    return right;
  }
};

bool RunLibrary(Life& life) {
  wasm_val_t sum{};
  std::uint32_t pages = 1;
  if (!life.Expect("add", 20, 2, 40) || !life.Expect("text", 0, 0, 'h' + 6) ||
      !life.ExpectTrap("bad_text", 0, 0, "out of bounds memory access") ||
      !life.ExpectTrap("load", 0x7FF00000, 1, "out of bounds memory access") ||
      !life.ExpectTrap("descend", 100'000'000, 1, "call stack exhausted") ||
      !life.Expect("descend", 10, 1, 55) || !life.Expect("call_back", 5, 1, 5)) {
    return false;
  }
  if (!wasm_runtime_call_wasm_v(life.environment,
                                wasm_runtime_lookup_function(life.instance, "raw"), 1, &sum, 0) ||
      sum.of.f64 != 10.75) {
    return life.Fail("the raw native gave a wrong result");
  }
  if (!life.Call("grow", &pages, 1)) return life.Fail("memory.grow trapped");
  if (pages == 0xFFFFFFFF) return life.Fail("out of memory: memory.grow");
  return true;
}

}  // namespace

NativeSymbol kNatives[3] = {
    {"host_add", reinterpret_cast<void*>(HostAdd), "(ii)i", nullptr},
    {"host_text", reinterpret_cast<void*>(HostText), "(*~$)i", nullptr},
    {"host_call_back", reinterpret_cast<void*>(HostCallBack), "(i)i", nullptr},
};
NativeSymbol kRawNatives[1] = {
    {"host_raw", reinterpret_cast<void*>(HostRaw), "(iIfF)F", nullptr},
};

RuntimeInitArgs InitArgs() {
  RuntimeInitArgs args{};
  args.native_module_name = "env";
  args.native_symbols = kNatives;
  args.n_native_symbols = 3;
  return args;
}

ModuleFile ReadModuleFile(const char* path) {
  ModuleFile file;
  file.path = path;
  std::ifstream stream(path, std::ios::binary);
  const std::vector<char> bytes((std::istreambuf_iterator<char>(stream)), {});
  file.storage.resize(bytes.size() + 16);
  const auto address = reinterpret_cast<std::uintptr_t>(file.storage.data());
  file.bytes = file.storage.data() + (16 - address % 16) % 16;
  file.size = static_cast<std::uint32_t>(bytes.size());
  std::memcpy(file.bytes, bytes.data(), bytes.size());
  file.is_program = file.path.find("modules") == std::string::npos;
  return file;
}

bool LiveOnce(const ModuleFile& file, char* error, std::uint32_t error_size) {
  static char program[] = "program";
  static char* arguments[] = {program};
  static const int nowhere = ::open("/dev/null", O_RDWR);
  Life life;
  life.error = error;
  life.error_size = error_size;
  error[0] = '\0';
  life.module = file.is_mapped ? tenon_load_file(file.path.c_str(), error, error_size)
                               : wasm_runtime_load(file.bytes, file.size, error, error_size);
  if (life.module == nullptr) return false;
  wasm_runtime_set_wasi_args_ex(life.module, nullptr, 0, nullptr, 0, nullptr, 0, arguments, 1,
                                nowhere, nowhere, nowhere);
  life.instance = wasm_runtime_instantiate(life.module, 65536, 8192, error, error_size);
  if (life.instance == nullptr) return false;
  if (file.is_program) {
    return wasm_application_execute_main(life.instance, 0, nullptr) ||
           life.Fail(wasm_runtime_get_exception(life.instance));
  }
  life.environment = wasm_runtime_create_exec_env(life.instance, 65536);
  if (life.environment == nullptr) return life.Fail(wasm_runtime_get_exception(life.instance));
  return RunLibrary(life);
}

}  // namespace tenon::tests
