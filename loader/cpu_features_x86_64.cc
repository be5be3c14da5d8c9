// Asks an x86-64 CPU for its features, along the table format/cpu_features_x86_64.def.
//
// Invariant: a feature counts only if the operating system saves the registers it
// lives in, which XGETBV tells.
#if defined(__x86_64__)
#include <cpuid.h>

#include "loader/cpu_features.h"

namespace tenon::loader {
namespace {

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
  const bool ymm = (state & 0x6) == 0x6;
  const bool zmm = (state & 0xE6) == 0xE6;
  const auto usable = [&](unsigned number) {
    if ((number >= 8 && number <= 12) || number == 24 || number == 25) return ymm;
    if (number >= 27 && number <= 39) return zmm;
    return true;
  };
#define TENON_CPU_FEATURE(number, name, leaf, subleaf, reg, bit) \
  if (usable(number) && HasBit(leaf, subleaf, reg, bit)) features.Add(number);
#include "format/cpu_features_x86_64.def"
#undef TENON_CPU_FEATURE
  return features;
}

const char* CpuFeatureName(unsigned number) {
  switch (number) {
#define TENON_CPU_FEATURE(number, name, ...) \
  case number:                               \
    return name;
#include "format/cpu_features_x86_64.def"
#undef TENON_CPU_FEATURE
    default: return "unknown";
  }
}

}  // namespace tenon::loader
#endif
