// From lowered to optimised IR: all passes between lowering and code generation.
#pragma once

#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

#include "compiler/time_report.h"
#include "format/result.h"

namespace tenon::compiler {

struct AccessRules {
  bool has_bounds_checks = false;  // accesses of some memory are compared with its size
  bool has_guards = false;         // those of others are guarded by pages
  bool exact_order = false;        // one that traps finds exactly the stores before it
};

// Runs the pipeline of `opt_level` (0 to 3) over freshly lowered IR and adds stack checks.
// `report`, if there is one, is told what the passes take.
Status Optimize(llvm::Module& module, llvm::TargetMachine& machine, int opt_level,
                const AccessRules& accesses, TimeReport* report);

}  // namespace tenon::compiler
