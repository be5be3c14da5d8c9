// From lowered IR to object bytes: the passes before, the optimiser, and LLVM's code generator.
#pragma once

#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

#include <cstdint>
#include <vector>

#include "compiler/codegen/target.h"
#include "compiler/time_report.h"
#include "format/result.h"

namespace tenon::compiler {

// Says in an empty module what it is compiled for, which lowering needs to know.
void SetTarget(llvm::Module& module, const llvm::TargetMachine& machine);
// Says it in its functions, once they are there, for the optimiser and the code generator.
void SetTargetOfFunctions(llvm::Module& module, const llvm::TargetMachine& machine);

// Runs the pipeline of `opt_level` (0 to 3) over freshly lowered IR and adds stack checks.
// `has_bounds_checks`: accesses of memory are compared with its size, rather than guarded by pages.
// `exact_order`: a memory access that traps finds exactly the stores before it.
// `report`, if there is one, is told what the passes take.
Status Optimize(llvm::Module& module, llvm::TargetMachine& machine, int opt_level,
                bool has_bounds_checks, bool exact_order, TimeReport* report);

// The relocatable object of an optimised module.
Result<std::vector<std::uint8_t>> EmitObject(llvm::Module& module, llvm::TargetMachine& machine,
                                             TimeReport* report);

// The object of the target's support functions (ArchitectureInfo::support); empty if it needs none.
Result<std::vector<std::uint8_t>> EmitSupport(const TargetDescription& target);

}  // namespace tenon::compiler
