// Keeps floating-point operations that leave a number as it is, because they quiet NaNs.
#pragma once

#include <llvm/IR/PassManager.h>

namespace tenon::compiler {

// Runs once, at every level, on SSA before anything else is simplified.
struct ShieldIdentitiesPass : llvm::PassInfoMixin<ShieldIdentitiesPass> {
  static llvm::PreservedAnalyses run(llvm::Module& module, llvm::ModuleAnalysisManager& analyses);
  static bool isRequired() { return true; }
};

}  // namespace tenon::compiler
