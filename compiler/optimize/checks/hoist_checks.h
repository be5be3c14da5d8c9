// Bounds checks of loops that can be counted, made once before the loop.
#pragma once

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/Dominators.h>

namespace tenon::compiler {

// Gives each loop (with those inside of it) whose trapping checks are all decided by the extremes
// of their indices a twin without checks, and a test before both that chooses. Loops must be in
// simplified form, with what does not change in them (memory sizes) moved out. True: something has
// changed, and what is known of `function` but `loops` and `dominators` is out of date.
bool HoistChecks(llvm::Function& function, llvm::LoopInfo& loops, llvm::DominatorTree& dominators,
                 llvm::ScalarEvolution& evolution, const llvm::TargetTransformInfo& costs);

}  // namespace tenon::compiler
