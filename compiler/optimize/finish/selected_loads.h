// Loads that are pinned for their trap stay apart from the operations that use them.
#pragma once

#include <llvm/IR/Instructions.h>
#include <llvm/IR/PassManager.h>

namespace tenon::compiler {

// Keeps loads that are pinned for their trap apart from the selections that use them, where the
// target would load only what is selected (ArchitectureInfo::folds_volatile_loads). Runs after the
// middle end.
struct SeparateSelectedLoadsPass : llvm::PassInfoMixin<SeparateSelectedLoadsPass> {
  static llvm::PreservedAnalyses run(llvm::Function& function,
                                     llvm::FunctionAnalysisManager& analyses);
  static bool isRequired() { return true; }
};

// Has code generation load all that the instruction says, and unconditionally.
void KeepLoadWhole(llvm::LoadInst& load);

}  // namespace tenon::compiler
