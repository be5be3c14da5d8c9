// Finds the functions that level 2 optimises as level 3 does.
#pragma once

#include <llvm/IR/PassManager.h>

namespace tenon::compiler {

// Marks functions that calculate with floating-point numbers or vectors in loops (MarkNumeric).
struct MarkNumericPass : llvm::PassInfoMixin<MarkNumericPass> {
  static llvm::PreservedAnalyses run(llvm::Function& function,
                                     llvm::FunctionAnalysisManager& analyses);
};

}  // namespace tenon::compiler
