// Nanoseconds per call, host to wasm and wasm to host, through wasm_export.h alone, so that the
// same file builds against WAMR:
//
//   call-bench modules.aot       (tests/memory/modules.c, compiled)
//
// Medians over several rounds, as one JSON line.
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

#include "wasm_export.h"

namespace {

// The thread's processor time, so that what else the machine does counts little.
double Now() {
  struct timespec time = {};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

constexpr int kRounds = 15;
constexpr std::uint32_t kCalls = 2'000'000;

std::int32_t HostAdd(wasm_exec_env_t, std::int32_t a, std::int32_t b) { return a + b; }
std::int32_t HostNever(wasm_exec_env_t) { return 0; }
void HostRaw(wasm_exec_env_t, std::uint64_t*) {}

template <typename Function>
double Median(const Function& function) {
  std::vector<double> times;
  for (int round = 0; round < kRounds; ++round) {
    const double start = Now();
    function();
    times.push_back((Now() - start) / kCalls);
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return std::fprintf(stderr, "usage: call-bench modules.aot\n"), 2;
  std::ifstream stream(arguments[1], std::ios::binary);
  const std::vector<char> read((std::istreambuf_iterator<char>(stream)), {});
  std::vector<std::uint64_t> storage(read.size() / 8 + 1);
  auto* const bytes = reinterpret_cast<std::uint8_t*>(storage.data());
  std::copy(read.begin(), read.end(), bytes);

  NativeSymbol natives[] = {
      {"host_add", reinterpret_cast<void*>(HostAdd), "(ii)i", nullptr},
      {"host_text", reinterpret_cast<void*>(HostNever), nullptr, nullptr},
      {"host_raw", reinterpret_cast<void*>(HostRaw), nullptr, nullptr},
      {"host_call_back", reinterpret_cast<void*>(HostNever), nullptr, nullptr},
  };
  RuntimeInitArgs args;
  std::memset(&args, 0, sizeof args);
  args.mem_alloc_type = Alloc_With_System_Allocator;
  args.native_module_name = "env";
  args.native_symbols = natives;
  args.n_native_symbols = 4;
  char error[300] = "";
  if (!wasm_runtime_full_init(&args)) return 1;
  wasm_module_t module =
      wasm_runtime_load(bytes, static_cast<std::uint32_t>(read.size()), error, sizeof error);
  if (module == nullptr) return std::fprintf(stderr, "%s\n", error), 1;
  wasm_module_inst_t instance = wasm_runtime_instantiate(module, 65536, 0, error, sizeof error);
  if (instance == nullptr) return std::fprintf(stderr, "%s\n", error), 1;
  wasm_exec_env_t environment = wasm_runtime_create_exec_env(instance, 65536);
  wasm_function_inst_t nothing = wasm_runtime_lookup_function(instance, "nothing");
  wasm_function_inst_t identity = wasm_runtime_lookup_function(instance, "identity");
  wasm_function_inst_t loop = wasm_runtime_lookup_function(instance, "loop_host");

  std::uint32_t cells[2] = {};
  const double empty = Median([&] {
    for (std::uint32_t i = 0; i < kCalls; ++i)
      wasm_runtime_call_wasm(environment, nothing, 0, nullptr);
  });
  const double one = Median([&] {
    for (std::uint32_t i = 0; i < kCalls; ++i)
      wasm_runtime_call_wasm(environment, identity, 1, cells);
  });
  const double host = Median([&] {
    cells[0] = kCalls;
    wasm_runtime_call_wasm(environment, loop, 1, cells);
  });
  std::printf("{\"host_to_wasm_ns\":%.2f,\"host_to_wasm_i32_ns\":%.2f,\"wasm_to_host_ns\":%.2f}\n",
              empty, one, host);
  wasm_runtime_destroy_exec_env(environment);
  wasm_runtime_deinstantiate(instance);
  wasm_runtime_unload(module);
  wasm_runtime_destroy();
  return 0;
}
