// What the CPU that runs this process can do, as bits over
// format/cpu_features.def; the loader compares it with what variants require.
#pragma once

#include <cstdint>

#include "format/container.h"

namespace tenon::loader {

struct CpuFeatures {
  std::uint64_t bits[4] = {};
};

// The architecture this process is compiled for.
container::Architecture HostArchitecture();
// The host's features; asked from the CPU once.
const CpuFeatures& HostCpuFeatures();
// LLVM's name of a feature; "unknown" if this loader does not know it.
const char* CpuFeatureName(unsigned number);

}  // namespace tenon::loader
