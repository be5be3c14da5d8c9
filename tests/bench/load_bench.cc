// How long loading and instantiating take, as JSON lines: one per file named on
// the command line, medians over many runs. Imports that nothing supplies trap.
#include <sys/stat.h>

#include <cstdio>
#include <vector>

#include "runtime/instance/instance.h"
#include "tests/bench/timing.h"

namespace {

constexpr int kRuns = 51;

bool Measure(const char* path) {
  struct stat status = {};
  if (::stat(path, &status) != 0) return std::perror(path), false;
  std::vector<long long> load, instantiate;
  for (int run = 0; run < kRuns; ++run) {
    auto start = Clock::now();
    auto module = tenon::loader::MappedModule::OpenFile(path, {});
    load.push_back(Since(start));
    if (!module.ok()) return std::fprintf(stderr, "%s\n", module.error().text()), false;
    tenon::runtime::InstantiateOptions options;
    options.unknown_function_imports_trap = true;
    tenon::abi::TrapKind trap{};
    start = Clock::now();
    auto instance = tenon::runtime::Instantiate(**module, {}, options, &trap);
    instantiate.push_back(Since(start));
    if (!instance.ok())
      return std::fprintf(stderr, "%s: %s\n", path, instance.error().text()), false;
    tenon::runtime::Release(*instance);
  }
  std::printf("{\"file\":\"%s\",\"bytes\":%lld,\"load_ns\":%lld,\"instantiate_ns\":%lld}\n", path,
              static_cast<long long>(status.st_size), Median(load), Median(instantiate));
  return true;
}

}  // namespace

int main(int count, char** arguments) {
  bool good = true;
  for (int i = 1; i < count; ++i) good = Measure(arguments[i]) && good;
  return good ? 0 : 1;
}
