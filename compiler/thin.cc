// From the words of a command line to format/thin.h.
#include "compiler/thin.h"

#include <cstring>

#include "compiler/target/target.h"
#include "format/thin.h"
#include "format/view.h"

namespace tenon::compiler {

Result<std::vector<std::uint8_t>> ThinContainer(std::span<const std::uint8_t> container,
                                                const std::vector<TargetOption>& targets,
                                                BoundsChecksOption bounds_checks) {
  // A view needs alignment, which bytes of a vector have, but a span need not.
  std::vector<std::uint64_t> words((container.size() + 7) / 8);
  if (!container.empty()) std::memcpy(words.data(), container.data(), container.size());
  TENON_ASSIGN_OR_RETURN(const container::View view,
                         container::View::Open({reinterpret_cast<const std::uint8_t*>(words.data()),
                                                container.size()}));
  std::vector<container::Architecture> architectures;
  for (const TargetOption& target : targets) {
    TENON_ASSIGN_OR_RETURN(const container::Architecture architecture,
                           ArchitectureOf(target.target));
    architectures.push_back(architecture);
  }
  const auto wanted = [&](const container::VariantEntry& variant) {
    const bool guard = variant.bounds_checks == container::BoundsChecks::kGuard;
    if (bounds_checks == (guard ? BoundsChecksOption::kExplicit : BoundsChecksOption::kGuard))
      return false;
    for (std::size_t i = 0; i < targets.size(); ++i) {
      if (architectures[i] == variant.architecture &&
          (targets[i].cpu.empty() || targets[i].cpu == view.String(variant.cpu))) {
        return true;
      }
    }
    return targets.empty();
  };
  return container::Thin(view, wanted);
}

}  // namespace tenon::compiler
