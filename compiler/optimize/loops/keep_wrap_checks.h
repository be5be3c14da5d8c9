// Keeps LLVM's loop vectoriser from loops of which it would forget a wrap check.
#pragma once

#include <llvm/IR/PassManager.h>

namespace tenon::compiler {

// For right before the passes that version loops under predicates of ScalarEvolution: the loop
// vectoriser and loop load elimination. InstCombine is to follow them.
struct KeepWrapChecksPass : llvm::PassInfoMixin<KeepWrapChecksPass> {
  static llvm::PreservedAnalyses run(llvm::Function& function,
                                     llvm::FunctionAnalysisManager& analyses);
};

}  // namespace tenon::compiler
