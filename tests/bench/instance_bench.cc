// Bytes that a module and an instance of it take, as the host's allocator sees them, through
// wasm_export.h alone, so that the same file builds against WAMR:
//
//   instance-bench MODULE.aot...
//
// Linear memory and stacks are left out. One line per module: its name, the bytes of the module
// beside its file, of one instance, and of an execution environment.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "wasm_export.h"

namespace {

std::map<std::uintptr_t, std::size_t> g_blocks;  // what lives, by address

void* Allocate(unsigned int size) {
  void* const block = std::malloc(size);
  if (block != nullptr) g_blocks[reinterpret_cast<std::uintptr_t>(block)] = size;
  return block;
}
void Release(void* block) {
  g_blocks.erase(reinterpret_cast<std::uintptr_t>(block));
  std::free(block);
}
void* Reallocate(void* block, unsigned int size) {
  if (block != nullptr) g_blocks.erase(reinterpret_cast<std::uintptr_t>(block));
  void* const moved = std::realloc(block, size);
  if (moved != nullptr) g_blocks[reinterpret_cast<std::uintptr_t>(moved)] = size;
  return moved;
}

std::size_t LiveBytes() {
  std::size_t live = 0;
  for (const auto& [address, size] : g_blocks) live += size;
  return live;
}

// The block that the linear memory lies in, if it came from the allocator.
std::size_t BytesAround(const void* inside) {
  const auto address = reinterpret_cast<std::uintptr_t>(inside);
  auto block = g_blocks.upper_bound(address);
  if (inside == nullptr || block == g_blocks.begin()) return 0;
  --block;
  return address < block->first + block->second ? block->second : 0;
}

bool Measure(const std::string& path) {
  constexpr std::uint32_t kStack = 65536;
  std::ifstream stream(path, std::ios::binary);
  const std::vector<char> read((std::istreambuf_iterator<char>(stream)), {});
  std::vector<std::uint64_t> file(read.size() / 8 + 1);
  std::memcpy(file.data(), read.data(), read.size());
  char error[300] = "";
  static char name[] = "program";
  static char* arguments[] = {name};

  const std::size_t at_start = LiveBytes();
  wasm_module_t module =
      wasm_runtime_load(reinterpret_cast<std::uint8_t*>(file.data()),
                        static_cast<std::uint32_t>(read.size()), error, sizeof error);
  if (module == nullptr) return std::fprintf(stderr, "%s: %s\n", path.c_str(), error), false;
  wasm_runtime_set_wasi_args(module, nullptr, 0, nullptr, 0, nullptr, 0, arguments, 1);
  const std::size_t with_module = LiveBytes();
  wasm_module_inst_t instance = wasm_runtime_instantiate(module, kStack, 0, error, sizeof error);
  if (instance == nullptr) return std::fprintf(stderr, "%s: %s\n", path.c_str(), error), false;
  const std::size_t with_instance = LiveBytes();
  const wasm_memory_inst_t memory = wasm_runtime_get_default_memory(instance);
  const std::size_t linear =
      memory == nullptr ? 0 : BytesAround(wasm_memory_get_base_address(memory));
  wasm_exec_env_t environment = wasm_runtime_create_exec_env(instance, kStack);
  const std::size_t with_environment = LiveBytes();

  const std::size_t slash = path.rfind('/');
  std::printf("%s %zu %zu %zu\n", path.c_str() + (slash == std::string::npos ? 0 : slash + 1),
              with_module - at_start, with_instance - with_module - linear,
              with_environment - with_instance - kStack);
  if (environment != nullptr) wasm_runtime_destroy_exec_env(environment);
  wasm_runtime_deinstantiate(instance);
  wasm_runtime_unload(module);
  return true;
}

}  // namespace

int main(int count, char** arguments) {
  RuntimeInitArgs args;
  std::memset(&args, 0, sizeof args);
  args.mem_alloc_type = Alloc_With_Allocator;
  args.mem_alloc_option.allocator.malloc_func = reinterpret_cast<void*>(Allocate);
  args.mem_alloc_option.allocator.realloc_func = reinterpret_cast<void*>(Reallocate);
  args.mem_alloc_option.allocator.free_func = reinterpret_cast<void*>(Release);
  if (!wasm_runtime_full_init(&args)) return 1;
  wasm_runtime_set_log_level(WASM_LOG_LEVEL_ERROR);
  bool good = true;
  for (int i = 1; i < count; ++i) good = Measure(arguments[i]) && good;
  wasm_runtime_destroy();
  return good ? 0 : 1;
}
