// Loop variables of 32 bits that LLVM keeps in 64, back in 32.
#pragma once

#include <llvm/IR/PassManager.h>

namespace tenon::compiler {

// For right before the loop vectoriser.
struct NarrowInductionPass : llvm::PassInfoMixin<NarrowInductionPass> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

}  // namespace tenon::compiler
