// Asks Linux for the features of a riscv64 CPU, by the table
// format/tables/cpu_features_riscv64.def.
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "loader/cpu_feature_table.h"

namespace tenon::loader {
namespace {

constexpr WordFeature kTable[] = {
#define TENON_CPU_FEATURE(number, name, word, bit) {number, name, word, bit},
#include "format/tables/cpu_features_riscv64.def"
#undef TENON_CPU_FEATURE
};

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
  return FeaturesIn(kTable, words);
}

const char* CpuFeatureName(unsigned number) { return NameIn(kTable, number); }

}  // namespace tenon::loader
