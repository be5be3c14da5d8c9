// Undoes the unrolling that compilers did before they wrote WebAssembly.
#pragma once

#include <llvm/IR/PassManager.h>

namespace tenon::compiler {

// Rerolls each innermost loop whose body is several copies of one iteration. Loops must be in
// simplified form.
struct RerollLoopsPass : llvm::PassInfoMixin<RerollLoopsPass> {
  static llvm::PreservedAnalyses run(llvm::Function& function,
                                     llvm::FunctionAnalysisManager& analyses);
};

}  // namespace tenon::compiler
