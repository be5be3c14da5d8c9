// Bounds checks of loops that can be counted, made once before the loop.
#pragma once

#include <llvm/IR/PassManager.h>

namespace tenon::compiler {

// Gives each loop (with those inside of it) whose trapping checks are all decided by the extremes
// of their indices a twin without checks, and a test before both that chooses. Loops must be in
// simplified form, with what does not change in them (memory sizes) moved out.
struct HoistChecksPass : llvm::PassInfoMixin<HoistChecksPass> {
  static llvm::PreservedAnalyses run(llvm::Function& function,
                                     llvm::FunctionAnalysisManager& analyses);
};

}  // namespace tenon::compiler
