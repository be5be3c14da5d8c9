// Guard mode: bounds checks that a faulting access replaces.
#pragma once

#include <llvm/CodeGen/MachineFunctionPass.h>

#include "compiler/target/machine_values.h"

namespace tenon::compiler {

// The section of objects in which each access that stands for a check is listed (link.h reads it).
inline constexpr const char* kFaultSection = "tenon_faults";

// Takes away each bounds check of a guarded memory after which, with nothing observable between, an
// access follows that faults whenever the check would have failed, and lists the access. Runs last,
// on the machine code that is emitted, so that nothing is reordered after it. `places` must outlive
// the pass.
llvm::MachineFunctionPass* MakeCoveredChecksPass(const MemoryPlaces& places);

}  // namespace tenon::compiler
