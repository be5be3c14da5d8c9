// How long loading and instantiating take a host, WASI and _initialize included, as JSON lines: one
// per file named on the command line, medians over many runs. Through wasm_export.h alone, so that
// the same file builds against WAMR; Tenon maps files (tenon.h), WAMR is given them in memory.
// load-bench measures what is below that.
#include <sys/stat.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

#include "timing.h"
#include "wasm_export.h"
#if __has_include("tenon.h")
#include "tenon.h"
#endif

namespace {

constexpr int kRuns = 51;

// What is loaded: a path, or the file's bytes anew each time, as WAMR changes them.
class File {
 public:
  explicit File(const char* path) : path_(path) {
#if !__has_include("tenon.h")
    std::ifstream stream(path, std::ios::binary);
    original_.assign((std::istreambuf_iterator<char>(stream)), {});
#endif
  }

  wasm_module_t Load(long long* time, char* error, std::uint32_t error_size) {
    std::vector<std::uint8_t>& bytes = copy_;
    bytes = original_;
    const auto start = Clock::now();
#if __has_include("tenon.h")
    const wasm_module_t module = tenon_load_file(path_, error, error_size);
#else
    const wasm_module_t module = wasm_runtime_load(
        bytes.data(), static_cast<std::uint32_t>(bytes.size()), error, error_size);
#endif
    *time = Since(start);
    return module;
  }

 private:
  [[maybe_unused]] const char* path_;
  std::vector<std::uint8_t> original_, copy_;
};

bool Measure(const char* path) {
  struct stat status = {};
  if (::stat(path, &status) != 0) return std::perror(path), false;
  File file(path);
  char error[400] = "";
  std::vector<long long> load, instantiate;
  for (int run = 0; run < kRuns; ++run) {
    long long time = 0;
    const wasm_module_t module = file.Load(&time, error, sizeof error);
    if (module == nullptr) return std::fprintf(stderr, "%s: %s\n", path, error), false;
    load.push_back(time);
    const auto start = Clock::now();
    const wasm_module_inst_t instance =
        wasm_runtime_instantiate(module, 65536, 0, error, sizeof error);
    instantiate.push_back(Since(start));
    if (instance == nullptr) return std::fprintf(stderr, "%s: %s\n", path, error), false;
    wasm_runtime_deinstantiate(instance);
    wasm_runtime_unload(module);
  }
  std::printf("{\"file\":\"%s\",\"bytes\":%lld,\"load_ns\":%lld,\"instantiate_ns\":%lld}\n", path,
              static_cast<long long>(status.st_size), Median(load), Median(instantiate));
  return true;
}

}  // namespace

int main(int count, char** arguments) {
  RuntimeInitArgs args;
  std::memset(&args, 0, sizeof args);
  args.mem_alloc_type = Alloc_With_System_Allocator;
  if (!wasm_runtime_full_init(&args)) return 1;
  wasm_runtime_set_log_level(WASM_LOG_LEVEL_ERROR);
  bool good = true;
  for (int i = 1; i < count; ++i) good = Measure(arguments[i]) && good;
  wasm_runtime_destroy();
  return good ? 0 : 1;
}
