// Calls a compiled function from C++: each handle is owned by a unique_ptr, each failure is an
// exception with the runtime's sentence. Also shows a trap.
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

#include "tenon.h"
#include "wasm_export.h"

namespace {

struct Runtime {
  Runtime() {
    if (!wasm_runtime_init()) throw std::runtime_error("the runtime cannot start");
  }
  ~Runtime() { wasm_runtime_destroy(); }
};

template <auto destroy>
struct With {
  template <typename Handle>
  void operator()(Handle* handle) const {
    destroy(handle);
  }
};
using Module = std::unique_ptr<WASMModuleCommon, With<wasm_runtime_unload>>;
using Instance = std::unique_ptr<WASMModuleInstanceCommon, With<wasm_runtime_deinstantiate>>;
using Environment = std::unique_ptr<WASMExecEnv, With<wasm_runtime_destroy_exec_env>>;

class Program {
 public:
  explicit Program(const std::string& path) {
    char error[256] = "";
    module_.reset(tenon_load_file(path.c_str(), error, sizeof error));
    if (module_ == nullptr) throw std::runtime_error(error);
    instance_.reset(wasm_runtime_instantiate(module_.get(), 64 * 1024, 0, error, sizeof error));
    if (instance_ == nullptr) throw std::runtime_error(error);
    environment_.reset(wasm_runtime_create_exec_env(instance_.get(), 64 * 1024));
    if (environment_ == nullptr) throw std::runtime_error("there is no memory for a stack");
  }

  std::uint32_t Call(const std::string& name, std::uint32_t first, std::uint32_t second) {
    wasm_function_inst_t function = wasm_runtime_lookup_function(instance_.get(), name.c_str());
    if (function == nullptr) throw std::runtime_error(name + " is not exported");
    std::uint32_t cells[] = {first, second};
    if (!wasm_runtime_call_wasm(environment_.get(), function, 2, cells)) {
      const std::string text = wasm_runtime_get_exception(instance_.get());
      wasm_runtime_clear_exception(instance_.get());
      throw std::runtime_error(text);
    }
    return cells[0];
  }

 private:
  Module module_;
  Instance instance_;
  Environment environment_;
};

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 4) throw std::runtime_error("usage: host FILE.aot A B");
  const Runtime runtime;
  Program program(argv[1]);
  std::cout << "gcd: "
            << program.Call("gcd", std::strtoul(argv[2], nullptr, 10),
                            std::strtoul(argv[3], nullptr, 10))
            << '\n';
  try {
    program.Call("gcd", 0, 0);
  } catch (const std::exception& exception) {
    std::cout << "gcd of 0 and 0: " << exception.what() << '\n';
  }
  return 0;
} catch (const std::exception& exception) {
  std::cerr << "host: " << exception.what() << '\n';
  return 1;
}
