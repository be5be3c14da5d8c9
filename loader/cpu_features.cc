// The part of CPU detection that is the same on every architecture.
#include "loader/cpu_features.h"

namespace tenon::loader {

const CpuFeatures& HostCpuFeatures() {
  static const CpuFeatures features = DetectCpuFeatures();
  return features;
}

}  // namespace tenon::loader
