// How a pool fares over many lives of modules, through wasm_export.h alone, so
// that the same file builds against WAMR:
//
//   fragmentation-bench SEQUENCES MODULE.aot...
//
// Loads, instantiates and destroys in random order, six at a time, in one pool of 4 MiB; natives
// that the modules want are left out. Prints the largest free block at the start, the smallest it
// was when nothing was alive in between, and at the end; the worst fragmentation while six lived,
// as 1 - largest free block / free bytes; and how many steps found no memory.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "wasm_export.h"

namespace {

alignas(16) char g_pool[4 * 1024 * 1024];

struct File {
  std::vector<std::uint64_t> words;
  std::uint32_t size = 0;
  std::uint8_t *bytes() { return reinterpret_cast<std::uint8_t *>(words.data()); }
};

struct Alive {
  wasm_module_t module = nullptr;
  wasm_module_inst_t instance = nullptr;
  File copy;  // WAMR writes to the buffer
};

void Destroy(Alive *one) {
  if (one->instance != nullptr) wasm_runtime_deinstantiate(one->instance);
  if (one->module != nullptr) wasm_runtime_unload(one->module);
  one->instance = nullptr;
  one->module = nullptr;
}

// To the kilobyte.
std::uint32_t LargestFreeBlock() {
  std::uint32_t low = 0, high = sizeof g_pool;
  while (high - low > 1024) {
    const std::uint32_t middle = low + (high - low) / 2;
    void *const block = wasm_runtime_malloc(middle);
    (block != nullptr ? low : high) = middle;
    if (block != nullptr) wasm_runtime_free(block);
  }
  return low;
}

}  // namespace

int main(int count, char **arguments) {
  if (count < 3) return std::fprintf(stderr, "usage: fragmentation-bench SEQUENCES FILE...\n"), 2;
  const long sequences = std::atol(arguments[1]);
  std::vector<File> files;
  for (int i = 2; i < count; ++i) {
    std::ifstream stream(arguments[i], std::ios::binary);
    const std::vector<char> read((std::istreambuf_iterator<char>(stream)), {});
    File file;
    file.words.resize(read.size() / 8 + 1);
    file.size = static_cast<std::uint32_t>(read.size());
    std::memcpy(file.bytes(), read.data(), read.size());
    files.push_back(std::move(file));
  }
  RuntimeInitArgs args;
  std::memset(&args, 0, sizeof args);
  args.mem_alloc_type = Alloc_With_Pool;
  args.mem_alloc_option.pool.heap_buf = g_pool;
  args.mem_alloc_option.pool.heap_size = sizeof g_pool;
  if (!wasm_runtime_full_init(&args)) return 1;
  wasm_runtime_set_log_level(WASM_LOG_LEVEL_FATAL);

  const std::uint32_t at_start = LargestFreeBlock();
  std::uint32_t smallest = at_start;
  double worst = 0;
  std::minstd_rand random(1);
  Alive alive[6];
  long refused = 0;
  char error[300];
  for (long i = 0; i < sequences; ++i) {
    Alive &one = alive[random() % 6];
    Destroy(&one);
    one.copy = files[random() % files.size()];
    one.module = wasm_runtime_load(one.copy.bytes(), one.copy.size, error, sizeof error);
    if (one.module != nullptr) {
      one.instance = wasm_runtime_instantiate(
          one.module, 49152, static_cast<std::uint32_t>(random() % 2 * 8192), error, sizeof error);
    }
    refused += one.instance == nullptr ? 1 : 0;
    if (i % 1000 == 999) {
      mem_alloc_info_t info;
      if (wasm_runtime_get_mem_alloc_info(&info) && info.total_free_size != 0) {
        worst = std::max(worst, 1 - static_cast<double>(LargestFreeBlock()) /
                                        static_cast<double>(info.total_free_size));
      }
      for (Alive &each : alive) Destroy(&each);
      smallest = std::min(smallest, LargestFreeBlock());
    }
  }
  for (Alive &one : alive) Destroy(&one);
  const std::uint32_t at_end = LargestFreeBlock();
  std::printf("%u %u %u %.2f %ld\n", at_start, smallest, at_end, worst, refused);
  wasm_runtime_destroy();
  return 0;
}
