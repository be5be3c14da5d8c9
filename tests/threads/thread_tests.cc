// Instances, environments and traps on many threads at once, through the C interface:
//
//   thread-tests SHARED.aot
//
// SHARED.aot is shared.c, with a shared memory. Also for ThreadSanitizer, which takes everything
// but what wasm code itself does, so nothing here relies on wasm's atomics for order. The last
// line counts the tests.
#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include "runtime/include/tenon.h"

namespace {

std::atomic<int> g_passed{0}, g_failed{0}, g_skipped{0};

void Check(bool condition, const char* what, const char* detail = "") {
  ++(condition ? g_passed : g_failed);
  if (!condition) std::fprintf(stderr, "FAILED: %s: %s\n", what, detail == nullptr ? "" : detail);
}

#if defined(__SANITIZE_THREAD__)
constexpr bool kThreadSanitizer = true;
#else
constexpr bool kThreadSanitizer = false;
#endif
constexpr std::uint32_t kStack = 65536;
constexpr int kThreads = 6;
alignas(16) char g_pool[24 * 1024 * 1024];

std::vector<std::uint64_t> g_file;
std::uint32_t g_file_size = 0;

std::uint8_t* File() { return reinterpret_cast<std::uint8_t*>(g_file.data()); }

// The result, or ~0 if the call failed.
std::uint32_t Call(wasm_exec_env_t environment, const char* name, std::uint32_t first = 0,
                   std::uint32_t second = 0) {
  const wasm_module_inst_t instance = wasm_runtime_get_module_inst(environment);
  const wasm_function_inst_t function = wasm_runtime_lookup_function(instance, name);
  std::uint32_t cells[2] = {first, second};
  const std::uint32_t count = wasm_func_get_param_count(function, instance);
  return wasm_runtime_call_wasm(environment, function, count, cells) ? cells[0] : ~0U;
}

bool Trapped(wasm_exec_env_t environment, const char* text) {
  const wasm_module_inst_t instance = wasm_runtime_get_module_inst(environment);
  const char* const exception = wasm_runtime_get_exception(instance);
  const bool right = exception != nullptr && std::strstr(exception, text) != nullptr;
  if (!right) std::fprintf(stderr, "not \"%s\": %s\n", text, exception);
  wasm_runtime_clear_exception(instance);
  return right;
}

template <typename Function>
void InThreads(const Function& function) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back([&function, i] { function(i); });
  for (std::thread& thread : threads) thread.join();
}

// A module, an instance and an environment of it.
struct Program {
  wasm_module_t module = nullptr;
  wasm_module_inst_t instance = nullptr;
  wasm_exec_env_t environment = nullptr;

  Program() {
    char error[200] = "";
    module = wasm_runtime_load(File(), g_file_size, error, sizeof error);
    if (module != nullptr)
      instance = wasm_runtime_instantiate(module, kStack, 0, error, sizeof error);
    if (instance != nullptr) environment = wasm_runtime_create_exec_env(instance, kStack);
    Check(environment != nullptr, "a program", error);
  }
  ~Program() {
    wasm_runtime_destroy_exec_env(environment);
    wasm_runtime_deinstantiate(instance);
    wasm_runtime_unload(module);
  }
  Program(const Program&) = delete;
};

// A thread of the host's needs no preparation, traps and overflows included, with a signal stack of
// its own or without.
void CallAndTrap(wasm_exec_env_t environment) {
  bool good = Call(environment, "sum", 0, 100) == 4950;
  good = good && Call(environment, "load", 0x7FF00000) == ~0U &&
         Trapped(environment, "out of bounds memory access");
  good = good && Call(environment, "descend", 100'000'000) == ~0U &&
         Trapped(environment, "call stack exhausted");
  good = good && Call(environment, "descend", 10) == 10;
  Check(good, "calls, traps and an overflow on a thread");
}

void TestSeparateInstances() {
  InThreads([](int number) {
    std::vector<char> signal_stack(64 * 1024);
    stack_t old{}, own{};
    own.ss_sp = signal_stack.data();
    own.ss_size = signal_stack.size();
    if (number % 2 == 1) sigaltstack(&own, &old);
    for (int round = 0; round < 10; ++round) {
      const Program program;
      CallAndTrap(program.environment);
    }
    if (number % 2 == 1) sigaltstack(&old, nullptr);
  });
}

void TestOneModuleManyInstances() {
  const Program program;
  InThreads([&](int) {
    char error[200] = "";
    for (int round = 0; round < 10; ++round) {
      const wasm_module_inst_t instance =
          wasm_runtime_instantiate(program.module, kStack, 0, error, sizeof error);
      Check(instance != nullptr, "an instance", error);
      const wasm_exec_env_t environment = wasm_runtime_create_exec_env(instance, kStack);
      CallAndTrap(environment);
      wasm_runtime_destroy_exec_env(environment);
      wasm_runtime_deinstantiate(instance);
    }
  });
}

// Environments over one memory, on threads of the host's.
void TestSpawnedEnvironments() {
  constexpr std::uint32_t kTimes = 20'000;
  const Program program;
  std::vector<wasm_exec_env_t> environments;
  for (int i = 0; i < kThreads; ++i) {
    environments.push_back(wasm_runtime_spawn_exec_env(program.environment));
    Check(environments.back() != nullptr, "a spawned environment",
          wasm_runtime_get_exception(program.instance));
  }
  Check(wasm_runtime_get_module_inst(environments[0]) != program.instance,
        "a spawned environment has an instance of its own");
  Check(wasm_runtime_spawn_exec_env(program.environment) == nullptr &&
            Trapped(program.environment, "wasm_runtime_set_max_thread_num"),
        "there are no more than the maximum");
  std::atomic<std::uint32_t> sum{0};
  InThreads([&](int number) {
    const wasm_exec_env_t environment = environments[static_cast<std::size_t>(number)];
    for (int round = 0; round < 200; ++round)
      sum += Call(environment, "sum", static_cast<std::uint32_t>(number) * 10, 10);
    Call(environment, "count", kTimes);
    CallAndTrap(environment);
  });
  Check(sum == 200 * (kThreads * 10 * (kThreads * 10 - 1) / 2), "each has a C stack of its own");
  Check(Call(program.environment, "count", 0) == kThreads * kTimes, "they share the memory");
  for (std::size_t i = 0; i < environments.size() / 2; ++i)
    wasm_runtime_destroy_spawned_exec_env(environments[i]);
  // The others go with the instance.
}

void TestSpawnedThreads() {
  const Program program;
  wasm_thread_t threads[kThreads];
  struct Part {
    std::uint32_t start;
  } parts[kThreads];
  const auto run = [](wasm_exec_env_t environment, void* argument) -> void* {
    const std::uint32_t sum = Call(environment, "sum", static_cast<Part*>(argument)->start, 10);
    return reinterpret_cast<void*>(static_cast<std::uintptr_t>(sum));
  };
  for (std::uint32_t i = 0; i < kThreads; ++i) {
    parts[i].start = i * 10;
    Check(wasm_runtime_spawn_thread(program.environment, &threads[i], run, &parts[i]) == 0,
          "a spawned thread", wasm_runtime_get_exception(program.instance));
  }
  std::uintptr_t sum = 0;
  for (const wasm_thread_t thread : threads) {
    void* result = nullptr;
    Check(wasm_runtime_join_thread(thread, &result) == 0, "a thread is joined");
    sum += reinterpret_cast<std::uintptr_t>(result);
  }
  Check(sum == kThreads * 10 * (kThreads * 10 - 1) / 2, "the threads' results");
  Check(wasm_runtime_join_thread(threads[0], nullptr) == -1, "once");
}

// Terminating one ends all that run beside it; threads that nobody joins end with the instance.
void TestTermination() {
  static std::atomic<int> running;
  const auto spin = [](wasm_exec_env_t environment, void*) -> void* {
    ++running;
    Check(Call(environment, "spin", 1) == ~0U, "an endless loop ends");
    return nullptr;
  };
  for (const bool terminates : {true, false}) {
    const Program program;
    wasm_thread_t threads[kThreads];
    running = 0;
    for (wasm_thread_t& thread : threads)
      Check(wasm_runtime_spawn_thread(program.environment, &thread, spin, nullptr) == 0,
            "a spawned thread");
    while (running != kThreads) std::this_thread::yield();
    if (!terminates) continue;
    wasm_runtime_terminate(program.instance);
    for (const wasm_thread_t thread : threads) wasm_runtime_join_thread(thread, nullptr);
    wasm_runtime_clear_exception(program.instance);
    Check(Call(program.environment, "sum", 0, 100) == 4950, "the instance runs again");
  }
}

void TestReports() {
  std::atomic<bool> done{false};
  std::thread reader([&] {
    tenon_memory_report_t report;
    while (!done) tenon_get_memory_report(&report);
  });
  TestSeparateInstances();
  done = true;
  reader.join();
}

void RunAll(mem_alloc_type_t type) {
  RuntimeInitArgs args{};
  args.mem_alloc_type = type;
  args.mem_alloc_option.pool.heap_buf = g_pool;
  args.mem_alloc_option.pool.heap_size = sizeof g_pool;
  args.max_thread_num = kThreads;
  if (!wasm_runtime_full_init(&args)) return Check(false, "the runtime starts");
  TestSeparateInstances();
  TestOneModuleManyInstances();
  TestSpawnedEnvironments();
  if (kThreadSanitizer && type == Alloc_With_Pool) {
    // Its own data of a thread do not fit into the stacks that the pool gives.
    std::printf("SKIPPED: threads in a pool, with the thread sanitizer\n");
    ++g_skipped;
  } else {
    TestSpawnedThreads();
  }
  if (kThreadSanitizer) {
    // It keeps a signal back until the thread calls something it knows, which wasm code that loops
    // never does.
    std::printf("SKIPPED: terminating loops, with the thread sanitizer\n");
    ++g_skipped;
  } else {
    TestTermination();
  }
  TestReports();
  tenon_memory_report_t report;
  tenon_get_memory_report(&report);
  bool gone = true;
  for (int i = TENON_MODULE; i < TENON_CATEGORIES; ++i)
    gone = gone && report.categories[i].live_bytes == 0 && report.categories[i].live_blocks == 0;
  Check(gone, "every figure is zero at the end");
  wasm_runtime_destroy();
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return std::fprintf(stderr, "usage: thread-tests SHARED.aot\n"), 2;
  std::ifstream stream(arguments[1], std::ios::binary);
  const std::vector<char> read((std::istreambuf_iterator<char>(stream)), {});
  g_file.resize(read.size() / 8 + 1);
  std::memcpy(g_file.data(), read.data(), read.size());
  g_file_size = static_cast<std::uint32_t>(read.size());
  RunAll(Alloc_With_System_Allocator);
  RunAll(Alloc_With_Pool);
  std::printf("%d passed, %d failed, %d skipped\n", g_passed.load(), g_failed.load(),
              g_skipped.load());
  return g_failed == 0 ? 0 : 1;
}
