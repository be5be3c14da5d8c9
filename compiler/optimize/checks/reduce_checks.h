// The passes that take away bounds checks, where memories have them.
#pragma once

#include <llvm/IR/Function.h>
#include <llvm/IR/PassManager.h>

namespace tenon::compiler {

// For a function in SSA form whose accesses are checked explicitly. Leaves nothing out of
// date in `analyses`.
void ReduceChecks(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);

}  // namespace tenon::compiler
