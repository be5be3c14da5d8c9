// Asks an x86-64 CPU for its features, along the table format/cpu_features_x86_64.def.
//
// Invariant: a feature counts only if the operating system saves the registers it
// lives in, which XGETBV tells.
#if defined(__x86_64__)
#include <cpuid.h>

#include "loader/cpu_feature_table.h"

namespace tenon::loader {
namespace {

struct Feature {
  unsigned number;
  const char* name;
  unsigned leaf, subleaf;
  char reg;
  unsigned bit;
  std::uint64_t state;
};

constexpr Feature kTable[] = {
#define TENON_CPU_FEATURE(number, name, leaf, subleaf, reg, bit, state) \
  {number, name, leaf, subleaf, reg, bit, state},
#include "format/cpu_features_x86_64.def"
#undef TENON_CPU_FEATURE
};

bool HasBit(unsigned leaf, unsigned subleaf, char reg, unsigned bit) {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid_count(leaf, subleaf, &a, &b, &c, &d) == 0) return false;
  const unsigned value = reg == 'a' ? a : reg == 'b' ? b : reg == 'c' ? c : d;
  return (value >> bit & 1) != 0;
}

std::uint64_t EnabledState() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c >> 27 & 1) == 0) return 0;  // no OSXSAVE
  unsigned low = 0, high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return std::uint64_t{high} << 32 | low;
}

}  // namespace

container::Architecture HostArchitecture() { return container::Architecture::kX86_64; }

CpuFeatures DetectCpuFeatures() {
  CpuFeatures features;
  const std::uint64_t state = EnabledState();
  for (const Feature& feature : kTable) {
    if ((state & feature.state) == feature.state &&
        HasBit(feature.leaf, feature.subleaf, feature.reg, feature.bit)) {
      features.Add(feature.number);
    }
  }
  return features;
}

const char* CpuFeatureName(unsigned number) { return NameIn(kTable, number); }

}  // namespace tenon::loader
#endif
