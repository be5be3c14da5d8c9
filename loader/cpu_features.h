// What the CPU that runs this process can do, as bits over format/tables/cpu_features_*.def. The
// loader compares it with what variants require.
#pragma once

#include <cstdint>

#include "format/container.h"

namespace tenon::loader {

struct CpuFeatures {
  std::uint64_t bits[4] = {};

  void Add(unsigned number) { bits[number / 64] |= std::uint64_t{1} << (number % 64); }
};

// The architecture this process is compiled for.
container::Architecture HostArchitecture();
// Asks the system or the CPU; each architecture has its own cpu_features_*.cc.
CpuFeatures DetectCpuFeatures();
// The host's features, detected once.
const CpuFeatures& HostCpuFeatures();
// LLVM's name of one of the host architecture's features; "unknown" if this loader does not know
// it.
const char* CpuFeatureName(unsigned number);

}  // namespace tenon::loader
