// Overflow of the wasm stack is found on entry of functions.
#pragma once

#include <llvm/IR/PassManager.h>

namespace tenon::compiler {

// Compares the stack pointer with the limit on entry of every wasm function that calls. Runs last:
// a function that was inlined needs no check.
struct InsertStackChecksPass : llvm::PassInfoMixin<InsertStackChecksPass> {
  static llvm::PreservedAnalyses run(llvm::Function& function,
                                     llvm::FunctionAnalysisManager& analyses);
  static bool isRequired() { return true; }
};

}  // namespace tenon::compiler
