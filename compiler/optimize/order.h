// The order of all passes between lowering and code generation.
#pragma once

#include <llvm/IR/PassManager.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Target/TargetMachine.h>

#include "format/container.h"

namespace tenon::compiler {

// What to make the PassBuilder of for the level.
llvm::PipelineTuningOptions TuningOf(int opt_level);

// `machine` is the one of `passes` and must outlive what is returned. `opt_level`: 0 to 3. For
// modules as lowering makes them.
llvm::ModulePassManager BuildOrder(llvm::PassBuilder& passes, const llvm::TargetMachine& machine,
                                   int opt_level);

// The last step, for one bounds-check mode, on a module that has been through BuildOrder: nothing
// may be optimised after it.
llvm::ModulePassManager BuildFinishOfMode(container::BoundsChecks bounds_checks);

}  // namespace tenon::compiler
