// The order of all passes between lowering and code generation.
#pragma once

#include <llvm/IR/PassManager.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Target/TargetMachine.h>

namespace tenon::compiler {

// How the module's accesses to linear memory are checked.
struct AccessRules {
  bool has_bounds_checks = false;  // accesses of some memory are compared with its size
  bool has_guards = false;         // those of others are guarded by pages
  bool exact_order = false;        // one that traps finds exactly the stores before it
};

// What to make the PassBuilder of for the level.
llvm::PipelineTuningOptions TuningOf(int opt_level);

// `machine` is the one of `passes` and must outlive what is returned. `opt_level`: 0 to 3. For
// modules as lowering makes them.
llvm::ModulePassManager BuildOrder(llvm::PassBuilder& passes, const llvm::TargetMachine& machine,
                                   int opt_level, const AccessRules& accesses);

}  // namespace tenon::compiler
