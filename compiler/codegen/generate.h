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

struct AccessRules {
  bool has_bounds_checks = false;  // accesses of some memory are compared with its size
  bool has_guards = false;         // those of others are guarded by pages
  bool exact_order = false;        // one that traps finds exactly the stores before it
};

// Runs the pipeline of `opt_level` (0 to 3) over freshly lowered IR and adds stack checks.
// `report`, if there is one, is told what the passes take.
Status Optimize(llvm::Module& module, llvm::TargetMachine& machine, int opt_level,
                const AccessRules& accesses, TimeReport* report);

// The relocatable object of an optimised module.
Result<std::vector<std::uint8_t>> EmitObject(llvm::Module& module, llvm::TargetMachine& machine,
                                             TimeReport* report);

// The object of the target's support functions (ArchitectureInfo::support); empty if it needs none.
Result<std::vector<std::uint8_t>> EmitSupport(const TargetDescription& target);

}  // namespace tenon::compiler
