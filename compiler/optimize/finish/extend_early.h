// Keeps numbers that are zero-extended, such as memory indices and bytes, in wide registers from
// where they are made to where they are used.
#pragma once

#include <llvm/IR/PassManager.h>

namespace tenon::compiler {

// Makes each 32-bit value that is zero-extended away from its definition 64 bits wide there, and
// each loaded byte or half word 32 bits, phis included. Runs after the middle end, which would
// undo it.
struct ExtendEarlyPass : llvm::PassInfoMixin<ExtendEarlyPass> {
  static llvm::PreservedAnalyses run(llvm::Function& function,
                                     llvm::FunctionAnalysisManager& analyses);
};

}  // namespace tenon::compiler
