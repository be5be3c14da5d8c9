// Lets loops that count up to zero count up from zero.
#pragma once

#include <llvm/IR/PassManager.h>

namespace tenon::compiler {

// Rewrites induction variables that start at a negative constant and end at one that is smaller as
// an unsigned number. Loops must be in simplified form; InstCombine should fold after it.
struct RebaseInductionPass : llvm::PassInfoMixin<RebaseInductionPass> {
  static llvm::PreservedAnalyses run(llvm::Function& function,
                                     llvm::FunctionAnalysisManager& analyses);
};

}  // namespace tenon::compiler
