// tenonc --thin: single variants out of a container that carries several.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/pipeline.h"
#include "format/result.h"

namespace tenon::compiler {

// The container with the variants that one of `targets` names (by target and, if it has one, CPU
// as it was given when compiling; all, if there are no targets) and that `bounds_checks` allows.
Result<std::vector<std::uint8_t>> ThinContainer(std::span<const std::uint8_t> container,
                                                const std::vector<TargetOption>& targets,
                                                BoundsChecksOption bounds_checks);

}  // namespace tenon::compiler
