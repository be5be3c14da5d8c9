// Asks Linux for the features of an riscv64 CPU, along the table format/cpu_features_riscv64.def.
#if defined(__linux__) && defined(__riscv) && __riscv_xlen == 64
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "loader/cpu_features.h"

namespace tenon::loader {
namespace {

// The bits of riscv_hwprobe's key IMA_EXT_0; none on kernels before 6.4, which lack the call.
std::uint64_t ProbedExtensions() {
  struct {
    std::int64_t key;
    std::uint64_t value;
  } pair = {4, 0};
  constexpr long kRiscvHwprobe = 258;
  const long result = ::syscall(kRiscvHwprobe, &pair, 1, 0, nullptr, 0);
  return result == 0 && pair.key == 4 ? pair.value : 0;
}

}  // namespace

container::Architecture HostArchitecture() { return container::Architecture::kRiscv64; }

CpuFeatures DetectCpuFeatures() {
  const std::uint64_t words[] = {::getauxval(AT_HWCAP), ProbedExtensions()};
  CpuFeatures features;
#define TENON_CPU_FEATURE(number, name, word, bit) \
  if ((words[(word)-1] >> (bit)&1) != 0) features.Add(number);
#include "format/cpu_features_riscv64.def"
#undef TENON_CPU_FEATURE
  return features;
}

const char* CpuFeatureName(unsigned number) {
  switch (number) {
#define TENON_CPU_FEATURE(number, name, ...) \
  case number:                               \
    return name;
#include "format/cpu_features_riscv64.def"
#undef TENON_CPU_FEATURE
    default: return "unknown";
  }
}

}  // namespace tenon::loader
#endif
