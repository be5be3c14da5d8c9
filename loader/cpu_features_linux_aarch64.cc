// Asks Linux for the features of an aarch64 CPU, by the table
// format/tables/cpu_features_aarch64.def.
#include <sys/auxv.h>

#include "loader/cpu_feature_table.h"

namespace tenon::loader {
namespace {

constexpr WordFeature kTable[] = {
#define TENON_CPU_FEATURE(number, name, word, bit) {number, name, word, bit},
#include "format/tables/cpu_features_aarch64.def"
#undef TENON_CPU_FEATURE
};

}  // namespace

container::Architecture HostArchitecture() { return container::Architecture::kAarch64; }

CpuFeatures DetectCpuFeatures() {
  const std::uint64_t words[] = {::getauxval(AT_HWCAP), ::getauxval(AT_HWCAP2)};
  return FeaturesIn(kTable, words);
}

const char* CpuFeatureName(unsigned number) { return NameIn(kTable, number); }

}  // namespace tenon::loader
