// The context argument of functions that LLVM thought they could do without.
#pragma once

#include <llvm/IR/PassManager.h>

namespace tenon::compiler {

// LLVM removes unused arguments of internal functions, and to it the context of, say, a
// recursive function without memory accesses is unused. But who calls must check the
// stack, and the limit is in the context. Gives every such function of the module its first
// argument back, and its callers pass theirs. Runs after the middle end, before
// InsertStackChecksPass.
struct RestoreContextArgumentsPass : llvm::PassInfoMixin<RestoreContextArgumentsPass> {
  static llvm::PreservedAnalyses run(llvm::Module& module, llvm::ModuleAnalysisManager& analyses);
  static bool isRequired() { return true; }
};

}  // namespace tenon::compiler
