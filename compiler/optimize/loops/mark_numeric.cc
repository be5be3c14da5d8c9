// Such functions are small parts of programs, in which compilers that wrote the wasm had no vectors
// and had to keep loads that alias analysis can now merge. An attribute carries the mark, which
// inlining into other functions leaves behind.
#include "compiler/optimize/loops/mark_numeric.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/Instructions.h>

#include "compiler/ir/conventions.h"

namespace tenon::compiler {

namespace {

// No function beyond this gets the passes of level 3, some of which take more than linear time.
constexpr unsigned kMostNumericInstructions = 20'000;

bool IsNumericOperation(const llvm::Instruction& instruction) {
  const llvm::Type* type = instruction.getType();
  return (type->isFPOrFPVectorTy() || type->isVectorTy()) &&
         !llvm::isa<llvm::LoadInst, llvm::PHINode, llvm::SelectInst>(instruction);
}

}  // namespace

llvm::PreservedAnalyses MarkNumericPass::run(llvm::Function& function,
                                             llvm::FunctionAnalysisManager& analyses) {
  const llvm::LoopInfo& loops = analyses.getResult<llvm::LoopAnalysis>(function);
  if (loops.empty() || function.getInstructionCount() > kMostNumericInstructions)
    return llvm::PreservedAnalyses::all();
  for (const llvm::BasicBlock& block : function) {
    if (loops.getLoopFor(&block) == nullptr || llvm::none_of(block, IsNumericOperation)) continue;
    MarkNumeric(function);
    break;
  }
  return llvm::PreservedAnalyses::all();
}

}  // namespace tenon::compiler
