// Asks an x86-64 CPU for the features of the table format/tables/cpu_features_x86_64.def.
//
// Invariant: a feature counts only if the operating system saves the registers that it uses, which
// XGETBV reports.
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
#include "format/tables/cpu_features_x86_64.def"
#undef TENON_CPU_FEATURE
};

// What CPUID reports. Each leaf is read once: in a virtual machine the instruction exits to the
// hypervisor, which takes as long as loading a small module.
class Leaves {
 public:
  bool HasBit(unsigned leaf, unsigned subleaf, char reg, unsigned bit) {
    const Leaf& found = Find(leaf, subleaf);
    const unsigned value = reg == 'a'   ? found.a
                           : reg == 'b' ? found.b
                           : reg == 'c' ? found.c
                                        : found.d;
    return (value >> bit & 1) != 0;
  }

 private:
  struct Leaf {
    unsigned leaf, subleaf, a, b, c, d;
  };

  const Leaf& Find(unsigned leaf, unsigned subleaf) {
    for (unsigned i = 0; i < count_; ++i) {
      if (leaves_[i].leaf == leaf && leaves_[i].subleaf == subleaf) return leaves_[i];
    }
    Leaf& found = leaves_[count_++];
    found = {leaf, subleaf, 0, 0, 0, 0};
    if (leaf <= Highest(leaf)) __cpuid_count(leaf, subleaf, found.a, found.b, found.c, found.d);
    return found;
  }
  unsigned Highest(unsigned leaf) {
    unsigned& highest = leaf < kExtended ? highest_basic_ : highest_extended_;
    if (highest == 0) highest = __get_cpuid_max(leaf & kExtended, nullptr);
    return highest;
  }

  static constexpr unsigned kExtended = 0x80000000;
  Leaf leaves_[8];  // the table has four
  unsigned count_ = 0;
  unsigned highest_basic_ = 0;
  unsigned highest_extended_ = 0;
};

std::uint64_t EnabledState(Leaves& leaves) {
  if (!leaves.HasBit(1, 0, 'c', 27)) return 0;  // no OSXSAVE
  unsigned low = 0, high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return std::uint64_t{high} << 32 | low;
}

}  // namespace

container::Architecture HostArchitecture() { return container::Architecture::kX86_64; }

CpuFeatures DetectCpuFeatures() {
  CpuFeatures features;
  Leaves leaves;
  const std::uint64_t state = EnabledState(leaves);
  for (const Feature& feature : kTable) {
    if ((state & feature.state) == feature.state &&
        leaves.HasBit(feature.leaf, feature.subleaf, feature.reg, feature.bit)) {
      features.Add(feature.number);
    }
  }
  return features;
}

const char* CpuFeatureName(unsigned number) { return NameIn(kTable, number); }

}  // namespace tenon::loader
