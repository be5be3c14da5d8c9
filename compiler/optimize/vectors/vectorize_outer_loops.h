// Vectorises loops whose inner loops stride through memory that they themselves walk in order.
#pragma once

#include <llvm/IR/PassManager.h>

namespace tenon::compiler {

// Runs before the loop vectoriser, which takes innermost loops alone, and before loops are
// unrolled. LICM should run after it.
struct VectorizeOuterLoopsPass : llvm::PassInfoMixin<VectorizeOuterLoopsPass> {
  static llvm::PreservedAnalyses run(llvm::Function& function,
                                     llvm::FunctionAnalysisManager& analyses);
};

}  // namespace tenon::compiler
