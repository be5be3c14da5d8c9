// What the memory model promises, on modules named on the command line:
//
//   memory-tests [--sequences=N] [--emulated] MODULE.aot...
//
// In a process of its own, because malloc, mmap and brk are the test's here. One of the
// modules is tests/memory/modules.c. The last line counts the tests.
#include <dirent.h>
#include <pthread.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "tests/memory/host.h"
#include "tests/memory/interposed.h"

namespace tenon::tests {
namespace {

alignas(16) char g_pool[4 * 1024 * 1024 + 1];
int g_passed = 0, g_failed = 0;

void Check(bool condition, const char* what, const char* detail = "") {
  ++(condition ? g_passed : g_failed);
  if (!condition) std::fprintf(stderr, "FAILED: %s: %s\n", what, detail);
}

bool InitPool(void* buffer, std::uint64_t size) {
  char error[300];
  const RuntimeInitArgs args = InitArgs();
  const bool good = tenon_init_with_pool(buffer, size, &args, error, sizeof error) &&
                    wasm_runtime_register_natives_raw("env", kRawNatives, 1);
  if (!good) std::fprintf(stderr, "%s\n", error);
  return good;
}

bool EverythingIsGone(const char* after) {
  tenon_memory_report_t report;
  bool gone = true;
  tenon_get_memory_report(&report);
  for (int i = TENON_MODULE; i < TENON_CATEGORIES; ++i) {
    const tenon_usage_t& usage = report.categories[i];
    gone = gone && usage.live_bytes == 0 && usage.live_blocks == 0 && usage.mapped_file_bytes == 0;
  }
  Check(gone, "every figure but the peaks is zero", after);
  return gone;
}

bool NothingTaken(const SystemMemoryUse& use, const char* what) {
  const bool nothing = use.allocations == 0 && use.anonymous_mappings == 0 && use.breaks == 0;
  char detail[120];
  std::snprintf(detail, sizeof detail, "%llu allocations, %llu mappings, %llu breaks",
                static_cast<unsigned long long>(use.allocations),
                static_cast<unsigned long long>(use.anonymous_mappings),
                static_cast<unsigned long long>(use.breaks));
  Check(nothing, what, detail);
  return nothing;
}

// From initialisation to destruction, whatever the buffer's alignment, nothing comes from outside.
void TestNothingOutsideThePool(const std::vector<ModuleFile>& modules) {
  char error[300];
  for (const std::size_t shift : {std::size_t{0}, std::size_t{1}}) {
    StartWatching();
    const bool started = InitPool(g_pool + shift, sizeof g_pool - shift);
    bool good = started;
    for (const ModuleFile& module : modules) good = good && LiveOnce(module, error, sizeof error);
    EverythingIsGone("a pool");
    wasm_runtime_destroy();
    const SystemMemoryUse use = StopWatching();
    Check(good, "modules live in a pool", error);
    NothingTaken(use, "nothing is taken outside of the pool");
  }
}

// ---- A custom allocator over static memory, which can fail on purpose.
struct HostHeap {
  alignas(16) std::uint8_t bytes[6 * 1024 * 1024];
  std::size_t used = 0;
  std::uint64_t live_blocks = 0, live_bytes = 0, requests = 0, fail_at = 0;
};
HostHeap g_heap;

struct HostBlock {
  std::uint64_t size, padding;
};

void* HeapAllocate(void*, tenon_category_t, std::uint64_t size) {
  if (++g_heap.requests == g_heap.fail_at) return nullptr;
  const std::size_t total = sizeof(HostBlock) + ((size + 15) & ~std::size_t{15});
  if (total > sizeof g_heap.bytes - g_heap.used) return nullptr;
  auto* const block = reinterpret_cast<HostBlock*>(g_heap.bytes + g_heap.used);
  g_heap.used += total;
  block->size = size;
  ++g_heap.live_blocks;
  g_heap.live_bytes += size;
  return block + 1;
}

// A stack of blocks is enough: all of it comes back when nothing lives.
void HeapRelease(void*, tenon_category_t, void* pointer) {
  HostBlock* const block = static_cast<HostBlock*>(pointer) - 1;
  g_heap.live_bytes -= block->size;
  if (--g_heap.live_blocks == 0) g_heap.used = 0;
}

bool InitHost(std::uint64_t fail_at) {
  char error[300];
  const RuntimeInitArgs args = InitArgs();
  const tenon_allocator_t allocator = {HeapAllocate, nullptr, HeapRelease, nullptr};
  g_heap.used = 0;
  g_heap.requests = 0;
  g_heap.fail_at = fail_at;
  if (!tenon_init_with_allocator(&allocator, &args, error, sizeof error)) return false;
  if (wasm_runtime_register_natives_raw("env", kRawNatives, 1)) return true;
  wasm_runtime_destroy();
  return false;
}

void TestCustomAllocatorSeesAll(const std::vector<ModuleFile>& modules) {
  char error[300];
  StartWatching();
  bool good = InitHost(0);
  for (const ModuleFile& module : modules) good = good && LiveOnce(module, error, sizeof error);
  wasm_runtime_destroy();
  const SystemMemoryUse use = StopWatching();
  Check(good, "modules live on a custom allocator", error);
  NothingTaken(use, "the custom allocator sees every allocation");
  Check(g_heap.live_blocks == 0 && g_heap.live_bytes == 0, "the custom allocator gets all back");
}

// The n-th allocation fails, for every n: a sentence, no leak, and everything runs again.
void TestEveryAllocationCanFail(const ModuleFile& module) {
  char error[300];
  std::uint64_t n = 1, silent = 0, leaks = 0;
  for (;; ++n) {
    bool good = InitHost(n);
    if (!good) {
      leaks += g_heap.live_blocks != 0;
      continue;
    }
    good = LiveOnce(module, error, sizeof error);
    const bool reached = g_heap.requests >= n;
    silent += reached && !good && std::strlen(error) < 10;
    g_heap.fail_at = 0;
    char again[300];
    if (!LiveOnce(module, again, sizeof again)) {
      Check(false, "the runtime is usable after a failed allocation", again);
    }
    wasm_runtime_destroy();
    leaks += g_heap.live_blocks != 0;
    if (!reached) break;
  }
  char detail[200];
  std::snprintf(detail, sizeof detail, "%s: %llu allocations, %llu without a sentence, %llu leaks",
                module.path.c_str(), static_cast<unsigned long long>(n - 1),
                static_cast<unsigned long long>(silent), static_cast<unsigned long long>(leaks));
  std::printf("every allocation fails once: %s\n", detail);
  Check(silent == 0 && leaks == 0 && n > 5, "every allocation can fail", detail);
}

// Many lives in one pool, several at a time, in any order.
void TestFragmentation(const std::vector<ModuleFile>& modules, long sequences) {
  struct Alive {
    wasm_module_t module = nullptr;
    wasm_module_inst_t instance = nullptr;
  };
  if (!InitPool(g_pool, sizeof g_pool)) return Check(false, "a pool");
  tenon_memory_report_t at_start, now;
  tenon_get_memory_report(&at_start);
  std::minstd_rand random(1);
  Alive alive[6];
  double worst = 0;
  long refused = 0;
  char error[300];
  for (long i = 0; i < sequences; ++i) {
    Alive& one = alive[random() % 6];
    if (one.module != nullptr) {
      wasm_runtime_deinstantiate(one.instance);
      wasm_runtime_unload(one.module);
      one = {};
    }
    const ModuleFile& file = modules[random() % modules.size()];
    one.module = wasm_runtime_load(file.bytes, file.size, error, sizeof error);
    if (one.module == nullptr) {
      ++refused;
      continue;
    }
    one.instance = wasm_runtime_instantiate(
        one.module, 49152, static_cast<std::uint32_t>(random() % 2 * 8192), error, sizeof error);
    if (one.instance == nullptr) {
      ++refused;
    } else if (!file.is_program) {
      std::uint32_t cells[2] = {1, 2};
      wasm_exec_env_t environment = wasm_runtime_create_exec_env(one.instance, 49152);
      if (environment != nullptr) {
        wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(one.instance, "add"), 2,
                               cells);
        cells[0] = static_cast<std::uint32_t>(random() % 3);
        wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(one.instance, "grow"), 1,
                               cells);
        wasm_runtime_destroy_exec_env(environment);
      } else {
        ++refused;
      }
    }
    tenon_get_memory_report(&now);
    if (now.pool_free != 0) {
      const double fragmentation =
          1 - static_cast<double>(now.pool_largest_free_block) / static_cast<double>(now.pool_free);
      if (fragmentation > worst) worst = fragmentation;
    }
  }
  for (Alive& one : alive) {
    wasm_runtime_deinstantiate(one.instance);
    wasm_runtime_unload(one.module);
  }
  tenon_get_memory_report(&now);
  std::printf(
      "fragmentation: %ld sequences, %ld refused for want of memory, worst 1 - largest / free "
      "%.2f; largest free block %llu before, %llu after\n",
      sequences, refused, worst, static_cast<unsigned long long>(at_start.pool_largest_free_block),
      static_cast<unsigned long long>(now.pool_largest_free_block));
  Check(now.pool_largest_free_block == at_start.pool_largest_free_block,
        "the pool ends with the largest free block that it began with");
  EverythingIsGone("random lives");
  wasm_runtime_destroy();
}

// One instance's books are the whole category's, WASI included; likewise its module's.
void TestBooks(const std::vector<ModuleFile>& modules) {
  char error[300];
  if (!InitPool(g_pool, sizeof g_pool)) return Check(false, "a pool");
  for (const ModuleFile& file : modules) {
    const wasm_module_t module = wasm_runtime_load(file.bytes, file.size, error, sizeof error);
    const wasm_module_inst_t instance =
        wasm_runtime_instantiate(module, 65536, 8192, error, sizeof error);
    tenon_memory_report_t report;
    tenon_usage_t its;
    tenon_get_memory_report(&report);
    tenon_get_instance_usage(instance, &its);
    Check(its.live_bytes == report.categories[TENON_INSTANCE].live_bytes &&
              its.live_blocks == report.categories[TENON_INSTANCE].live_blocks,
          "an instance's books are complete", file.path.c_str());
    tenon_get_module_usage(module, &its);
    Check(its.live_bytes == report.categories[TENON_MODULE].live_bytes,
          "a module's books are complete", file.path.c_str());
    wasm_runtime_deinstantiate(instance);
    wasm_runtime_unload(module);
  }
  wasm_runtime_destroy();
}

// ---- Limits, stacks of the host's, terminating.
void TestLimits(const ModuleFile& library) {
  char error[300];
  if (!InitPool(g_pool, sizeof g_pool)) return Check(false, "a pool");
  const wasm_module_t module = wasm_runtime_load(library.bytes, library.size, error, sizeof error);
  struct InstantiationArgs2* args = nullptr;
  wasm_runtime_instantiation_args_create(&args);
  tenon_instantiation_args_set_limit(args, TENON_LIMIT_INSTANCE_BYTES, 1000);
  wasm_module_inst_t instance = wasm_runtime_instantiate_ex2(module, args, error, sizeof error);
  Check(instance == nullptr && std::strstr(error, "limit of 1000") != nullptr,
        "an instance's limit refuses with figures", error);
  tenon_instantiation_args_set_limit(args, TENON_LIMIT_INSTANCE_BYTES, UINT64_MAX);
  tenon_instantiation_args_set_limit(args, TENON_LIMIT_MEMORY_PAGES, 3);
  tenon_instantiation_args_set_limit(args, TENON_LIMIT_STACK_BYTES, 100'000);
  instance = wasm_runtime_instantiate_ex2(module, args, error, sizeof error);
  Check(instance != nullptr, "limits that suffice", error);
  Check(tenon_create_exec_env(instance, nullptr, 200'000, error, sizeof error) == nullptr &&
            std::strstr(error, "100000") != nullptr,
        "the limit of a stack refuses with figures", error);
  static std::uint8_t stack[TENON_MINIMUM_STACK + 4096];
  const wasm_exec_env_t environment =
      tenon_create_exec_env(instance, stack, sizeof stack, error, sizeof error);
  Check(environment != nullptr, "a stack of the host's", error);
  std::uint32_t cell = 5;
  bool good =
      wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, "grow"), 1, &cell);
  Check(good && cell == 0xFFFFFFFF, "memory.grow beyond the limit gives -1");
  tenon_usage_t usage;
  tenon_get_exec_env_usage(environment, &usage);
  Check(usage.live_bytes < 8192, "a stack of the host's is not counted");
  cell = 100'000'000;
  good = wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, "descend"), 1,
                                &cell);
  Check(!good, "the host's stack overflows into a trap");
  cell = 10;
  good = wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, "descend"), 1,
                                &cell);
  Check(good && cell == 55, "and is usable afterwards");
  tenon_set_category_limit(TENON_MODULE, 1);
  Check(wasm_runtime_load(library.bytes, library.size, error, sizeof error) == nullptr &&
            std::strstr(error, "module limit of 1") != nullptr,
        "a category's limit refuses with figures", error);
  tenon_set_category_limit(TENON_MODULE, UINT64_MAX);

  pthread_t thread;
  pthread_create(
      &thread, nullptr,
      [](void* what) -> void* {
        ::usleep(50'000);
        wasm_runtime_terminate(static_cast<wasm_module_inst_t>(what));
        return nullptr;
      },
      instance);
  cell = 1;
  good =
      wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, "spin"), 1, &cell);
  pthread_join(thread, nullptr);
  const char* exception = wasm_runtime_get_exception(instance);
  Check(!good && exception != nullptr && std::strstr(exception, "terminated by user") != nullptr,
        "an endless loop is terminated from another thread", exception);
  cell = 0;
  Check(!wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, "spin"), 1,
                                &cell),
        "a terminated instance refuses calls");
  wasm_runtime_clear_exception(instance);
  cell = 0;
  Check(
      wasm_runtime_call_wasm(environment, wasm_runtime_lookup_function(instance, "spin"), 1, &cell),
      "until its exception is cleared");
  wasm_runtime_deinstantiate(instance);
  wasm_runtime_destroy_exec_env(environment);  // in this order too
  wasm_runtime_instantiation_args_destroy(args);
  wasm_runtime_unload(module);
  EverythingIsGone("limits");
  wasm_runtime_destroy();
}

// A host that destroys the runtime and nothing else gets its buffer back, and can start again.
void TestForgottenObjects(const std::vector<ModuleFile>& modules) {
  char error[300] = "";
  for (int round = 0; round < 2; ++round) {
    if (!InitPool(g_pool, sizeof g_pool)) return Check(false, "a pool");
    for (const ModuleFile& file : modules) {
      const wasm_module_t module = wasm_runtime_load(file.bytes, file.size, error, sizeof error);
      const wasm_module_inst_t instance =
          module == nullptr ? nullptr
                            : wasm_runtime_instantiate(module, 65536, 8192, error, sizeof error);
      Check(instance != nullptr && wasm_runtime_create_exec_env(instance, 65536) != nullptr,
            "an instance that is left behind", error);
    }
    wasm_runtime_destroy();
  }
  std::memset(g_pool, 0, sizeof g_pool);
  bool good = InitPool(g_pool, sizeof g_pool);
  for (const ModuleFile& module : modules) good = good && LiveOnce(module, error, sizeof error);
  EverythingIsGone("what was left behind");
  wasm_runtime_destroy();
  Check(good, "modules live in a pool after that", error);
}

// With guard pages: the system's allocator, and a pool that Tenon maps.
void TestMappedModes(const std::vector<ModuleFile>& modules) {
  char error[300];
  RuntimeInitArgs args = InitArgs();
  args.mem_alloc_type = Alloc_With_System_Allocator;
  bool good =
      wasm_runtime_full_init(&args) && wasm_runtime_register_natives_raw("env", kRawNatives, 1);
  for (const ModuleFile& module : modules) good = good && LiveOnce(module, error, sizeof error);
  EverythingIsGone("the system's allocator");
  wasm_runtime_destroy();
  Check(good, "modules live on the system's allocator", error);

  good = InitPool(nullptr, sizeof g_pool);
  for (const ModuleFile& module : modules) good = good && LiveOnce(module, error, sizeof error);
  EverythingIsGone("a reserved pool");
  wasm_runtime_destroy();
  Check(good, "modules live in a pool that Tenon maps", error);
  Check(InitPool(nullptr, 100'000), "a small pool that Tenon maps");
  Check(
      !LiveOnce(modules[0], error, sizeof error) && std::strstr(error, "out of memory") != nullptr,
      "its budget holds with guard pages", error);
  wasm_runtime_destroy();
  char small[300];
  RuntimeInitArgs none{};
  Check(!tenon_init_with_pool(g_pool, 100, &none, small, sizeof small), "a pool of 100 bytes");
}

// What the process has of the system's: pages of address space, pages of memory, open files.
struct Holdings {
  long addresses = -1;
  long memory = -1;
  long files = 0;
};

Holdings CurrentHoldings() {
  Holdings now;
  if (std::FILE* const file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%ld %ld", &now.addresses, &now.memory) != 2) now = {};
    std::fclose(file);
  }
  if (DIR* const directory = ::opendir("/proc/self/fd")) {
    while (::readdir(directory) != nullptr) ++now.files;
    ::closedir(directory);
  }
  return now;
}

// However many modules, mapped and copied, have lived: nothing of them is left with the process.
void TestManyLives(std::vector<ModuleFile> modules, long lives, bool is_emulated) {
  char error[300] = "";
  RuntimeInitArgs args = InitArgs();
  args.mem_alloc_type = Alloc_With_System_Allocator;
  bool good =
      wasm_runtime_full_init(&args) && wasm_runtime_register_natives_raw("env", kRawNatives, 1);
  const auto live = [&](long count) {
    for (long i = 0; good && i < count; ++i) {
      ModuleFile& module = modules[static_cast<std::size_t>(i) % modules.size()];
      good = LiveOnce(module, error, sizeof error);
      module.is_mapped = !module.is_mapped;
    }
    return CurrentHoldings();
  };
  const Holdings before = live(lives / 4);
  const Holdings after = live(lives);
  EverythingIsGone("many lives");
  wasm_runtime_destroy();
  Check(good, "many lives", error);
  char detail[200];
  std::snprintf(
      detail, sizeof detail, "address space %ld to %ld pages, memory %ld to %ld, files %ld to %ld",
      before.addresses, after.addresses, before.memory, after.memory, before.files, after.files);
  // The C library's own heap may still settle; an emulator keeps books of every address it has
  // seen.
  constexpr long kSlack = 256;
  const bool flat =
      after.addresses <= before.addresses + kSlack && after.memory <= before.memory + kSlack;
  Check(after.files == before.files && (flat || is_emulated || KeepsFreedBlocks()),
        "many lives leave nothing with the process", detail);
}

// Whatever a memory has grown to, its addresses go with its instance.
void TestAddressSpace(const ModuleFile& library) {
  char error[300] = "";
  RuntimeInitArgs args = InitArgs();
  args.mem_alloc_type = Alloc_With_System_Allocator;
  bool good =
      wasm_runtime_full_init(&args) && wasm_runtime_register_natives_raw("env", kRawNatives, 1);
  const wasm_module_t module = wasm_runtime_load(library.bytes, library.size, error, sizeof error);
  good = good && module != nullptr;
  long before = 0;
  for (int i = 0; good && i < 4; ++i) {
    if (i == 1) before = CurrentHoldings().addresses;
    const wasm_module_inst_t instance =
        wasm_runtime_instantiate(module, 65536, 0, error, sizeof error);
    good = instance != nullptr;
    if (!good) break;
    for (int step = 0; step < 10; ++step) wasm_runtime_enlarge_memory(instance, 30);
    wasm_runtime_deinstantiate(instance);
  }
  const long after = CurrentHoldings().addresses;
  if (module != nullptr) wasm_runtime_unload(module);
  wasm_runtime_destroy();
  char detail[400];
  std::snprintf(detail, sizeof detail, "%ld pages before, %ld after; %s", before, after, error);
  // A reservation has a million pages; an emulator takes some of its own.
  Check(good && after - before < 500'000, "grown memories give their addresses back", detail);
}

int Main(int count, char** arguments) {
  long sequences = 2000;
  bool is_emulated = false;
  std::vector<ModuleFile> modules;
  const ModuleFile* library = nullptr;
  for (int i = 1; i < count; ++i) {
    if (std::strncmp(arguments[i], "--sequences=", 12) == 0) {
      sequences = std::atol(arguments[i] + 12);
    } else if (std::strcmp(arguments[i], "--emulated") == 0) {
      is_emulated = true;
    } else {
      modules.push_back(ReadModuleFile(arguments[i]));
    }
  }
  for (const ModuleFile& module : modules) {
    if (!module.is_program) library = &module;
  }
  if (library == nullptr) return std::fprintf(stderr, "modules.aot is missing\n"), 2;
  TestNothingOutsideThePool(modules);
  TestCustomAllocatorSeesAll(modules);
  TestAddressSpace(*library);
  for (const ModuleFile& module : modules) TestEveryAllocationCanFail(module);
  TestFragmentation(modules, sequences);
  TestBooks(modules);
  TestLimits(*library);
  TestForgottenObjects(modules);
  TestMappedModes(modules);
  TestManyLives(modules, sequences, is_emulated);
  std::printf("%d passed, %d failed, 0 skipped\n", g_passed, g_failed);
  return g_failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace tenon::tests

int main(int count, char** arguments) { return tenon::tests::Main(count, arguments); }
