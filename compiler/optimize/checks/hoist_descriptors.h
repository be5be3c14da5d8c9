// The base and the size of memories read once before a loop that cannot change them.
#pragma once

#include <llvm/IR/PassManager.h>

namespace tenon::compiler {

// Moves loads of memory descriptors before the outermost loop that cannot change a memory. Loops
// must have preheaders.
struct HoistDescriptorsPass : llvm::PassInfoMixin<HoistDescriptorsPass> {
  static llvm::PreservedAnalyses run(llvm::Function& function,
                                     llvm::FunctionAnalysisManager& analyses);
};

}  // namespace tenon::compiler
