// Which of a container's variants this machine runs, and why not the others.
#pragma once

#include <optional>
#include <span>

#include "format/container.h"
#include "format/result.h"
#include "format/view.h"

namespace tenon::loader {

// The variant to run, of those for this architecture and CPU (and of the mode, if one is given):
// guard before explicit, then the one that requires the most CPU features, then the first.
// The error says what the machine is and what the file offers.
Result<const container::VariantEntry*> ChooseVariant(
    const container::View& view, std::optional<container::BoundsChecks> bounds_checks);

// In a few words, for people: whether this machine runs a variant, and why or why not.
class VariantReport {
 public:
  explicit VariantReport(const container::View& view);
  Error Explain(const container::VariantEntry& variant) const;

 private:
  const container::VariantEntry* taken_;  // when no mode is asked for; null: none runs
  const container::VariantEntry* taken_explicit_;
};

}  // namespace tenon::loader
