// Bounds checks that another one has already made.
#pragma once

#include <llvm/IR/PassManager.h>

namespace tenon::compiler {

// Makes one check of several that are of the same index and follow each other, the widest first.
// Keeps all blocks and edges; conditions become constants, which SimplifyCFG should fold after it.
struct MergeChecksPass : llvm::PassInfoMixin<MergeChecksPass> {
  static llvm::PreservedAnalyses run(llvm::Function& function,
                                     llvm::FunctionAnalysisManager& analyses);
};

}  // namespace tenon::compiler
