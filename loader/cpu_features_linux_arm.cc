// Asks Linux for the features of an armv7 CPU, along the table format/cpu_features_arm.def.
#if defined(__linux__) && defined(__arm__)
#include <sys/auxv.h>

#include "loader/cpu_features.h"

namespace tenon::loader {

container::Architecture HostArchitecture() { return container::Architecture::kArm; }

CpuFeatures DetectCpuFeatures() {
  const std::uint64_t words[] = {::getauxval(AT_HWCAP), ::getauxval(AT_HWCAP2)};
  CpuFeatures features;
#define TENON_CPU_FEATURE(number, name, word, bit) \
  if ((words[(word)-1] >> (bit)&1) != 0) features.Add(number);
#include "format/cpu_features_arm.def"
#undef TENON_CPU_FEATURE
  return features;
}

const char* CpuFeatureName(unsigned number) {
  switch (number) {
#define TENON_CPU_FEATURE(number, name, ...) \
  case number:                               \
    return name;
#include "format/cpu_features_arm.def"
#undef TENON_CPU_FEATURE
    default: return "unknown";
  }
}

}  // namespace tenon::loader
#endif
