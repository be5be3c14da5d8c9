// Compares masked numbers as the bytes that they are.
#pragma once

#include <llvm/IR/PassManager.h>

namespace tenon::compiler {

// Makes unsigned comparisons of `x & 0xff` with constants comparisons of bytes.
// Runs after the middle end, which would undo it.
struct NarrowComparisonsPass : llvm::PassInfoMixin<NarrowComparisonsPass> {
  static llvm::PreservedAnalyses run(llvm::Function& function,
                                     llvm::FunctionAnalysisManager& analyses);
};

}  // namespace tenon::compiler
