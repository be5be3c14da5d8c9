// Divisions of more than 64 bits become plain code.
#pragma once

#include <llvm/IR/PassManager.h>

namespace tenon::compiler {

// The optimiser forms divisions of more than 64 bits for trip counts, and there is no library
// behind our code that would do them. Runs after the middle end.
struct ExpandWideDivisionsPass : llvm::PassInfoMixin<ExpandWideDivisionsPass> {
  static llvm::PreservedAnalyses run(llvm::Function& function,
                                     llvm::FunctionAnalysisManager& analyses);
  static bool isRequired() { return true; }
};

}  // namespace tenon::compiler
