// Keeps loops that stride over memory from being unrolled beyond what hardware prefetches.
#pragma once

#include <llvm/IR/PassManager.h>

namespace tenon::compiler {

// For right before the loop unroller.
struct LimitUnrollingPass : llvm::PassInfoMixin<LimitUnrollingPass> {
  static llvm::PreservedAnalyses run(llvm::Function& function,
                                     llvm::FunctionAnalysisManager& analyses);
};

}  // namespace tenon::compiler
