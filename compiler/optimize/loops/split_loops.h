// Runs a loop in pieces around the one iteration that keeps the vectoriser from it.
#pragma once

#include <llvm/IR/PassManager.h>

namespace tenon::compiler {

// For innermost loops that store to consecutive places and load, again and again, from a place that
// may be one of those. Runs before the vectoriser, which then finds, when it compares addresses at
// run time, that all but one iteration do not meet that place.
struct SplitLoopsPass : llvm::PassInfoMixin<SplitLoopsPass> {
  static llvm::PreservedAnalyses run(llvm::Function& function,
                                     llvm::FunctionAnalysisManager& analyses);
};

}  // namespace tenon::compiler
