// Lets the vectoriser compare at run time what loops that walk memory in different strides access.
#pragma once

#include <llvm/IR/PassManager.h>

namespace tenon::compiler {

// For right before the loop vectoriser, and InstCombine after it.
struct SeparateStridesPass : llvm::PassInfoMixin<SeparateStridesPass> {
  static llvm::PreservedAnalyses run(llvm::Function& function,
                                     llvm::FunctionAnalysisManager& analyses);
};

}  // namespace tenon::compiler
