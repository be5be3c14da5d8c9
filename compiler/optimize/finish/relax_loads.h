// Which accesses of guarded memories are pinned because their trap is part of the result.
#pragma once

#include <llvm/IR/PassManager.h>

namespace tenon::compiler {

// Makes those pinned loads plain whose value something needs; the others stay, so that their
// trap stays. Runs on simplified SSA, before anything is inlined.
struct RelaxUsedLoadsPass : llvm::PassInfoMixin<RelaxUsedLoadsPass> {
  static llvm::PreservedAnalyses run(llvm::Module& module, llvm::ModuleAnalysisManager& analyses);
};

// In the place of RelaxUsedLoadsPass: pins all accesses but those of the function's own slots, so
// that they stay in the module's order and a load that traps finds exactly the stores before it.
// Runs on freshly lowered IR.
struct KeepAccessOrderPass : llvm::PassInfoMixin<KeepAccessOrderPass> {
  static llvm::PreservedAnalyses run(llvm::Module& module, llvm::ModuleAnalysisManager& analyses);
  static bool isRequired() { return true; }
};

}  // namespace tenon::compiler
