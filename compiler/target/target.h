// What is compiled for: architecture, CPU level, features.
#pragma once

#include <llvm/Target/TargetMachine.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "format/container.h"
#include "format/result.h"

namespace tenon::compiler {

struct TargetDescription {
  container::Architecture architecture = container::Architecture::kX86_64;
  std::string triple;
  std::string cpu;              // LLVM's name, "native" resolved
  std::string features;         // LLVM's "+a,-b"
  bool has_guard_pages = true;  // see ArchitectureInfo
  // Features that the machine must have, as bits over format/cpu_features_*.def.
  std::array<std::uint64_t, 4> required_features{};
};

// Resolves wamrc's target names and LLVM triples, the default CPU level and "native".
Result<TargetDescription> ResolveTarget(const std::string& target, const std::string& cpu,
                                        const std::string& cpu_features);

// The architecture that a target's name or triple means.
Result<container::Architecture> ArchitectureOf(const std::string& target);

// A new machine; one per thread.
std::unique_ptr<llvm::TargetMachine> MakeTargetMachine(const TargetDescription& description,
                                                       int opt_level);

// The lists behind --target=help and --cpu=help (of the targets named, or all): what this build's
// LLVM really has. Names stand first on lines of TargetHelp; in CpuHelp, on lines that begin with a
// space.
std::string TargetHelp();
Result<std::string> CpuHelp(const std::vector<std::string>& targets);

}  // namespace tenon::compiler
