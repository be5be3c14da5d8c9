// From lowered to optimised IR: all passes between lowering and code generation.
#pragma once

#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

#include <string>

#include "compiler/optimize/order.h"
#include "compiler/optimize/pass_options.h"
#include "compiler/time_report.h"
#include "format/result.h"

namespace tenon::compiler {

// Runs the passes of `opt_level` (0 to 3; order.cc) over freshly lowered IR. `report`, if there is
// one, is told what they take. `options` must have been checked.
void Optimize(llvm::Module& module, llvm::TargetMachine& machine, int opt_level,
              const PassOptions& options, TimeReport* report);

// The last step, for one bounds-check mode: a module that has been optimised, or a copy of it, as
// code is generated from it.
void FinishMode(llvm::Module& module, llvm::TargetMachine& machine,
                container::BoundsChecks bounds_checks, const PassOptions& options,
                TimeReport* report);

// Runs a list of passes in the form of LLVM's `opt -passes=`, ours by their names (passes.def).
Status RunPasses(llvm::Module& module, llvm::TargetMachine& machine, const std::string& passes);

// Whether the names in `options` exist, and may be used so.
Status CheckPassOptions(llvm::TargetMachine& machine, const PassOptions& options);

// The order of the passes at a level as text, one a line, those within others indented.
std::string DescribePasses(llvm::TargetMachine& machine, int opt_level);

}  // namespace tenon::compiler
