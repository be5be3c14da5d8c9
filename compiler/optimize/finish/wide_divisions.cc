// See wide_divisions.h.
#include "compiler/optimize/finish/wide_divisions.h"

#include <llvm/IR/Instructions.h>
#include <llvm/Transforms/Utils/IntegerDivision.h>

#include <vector>

#include "compiler/ir/conventions.h"

namespace tenon::compiler {

llvm::PreservedAnalyses ExpandWideDivisionsPass::run(llvm::Function& function,
                                                     llvm::FunctionAnalysisManager& /*analyses*/) {
  if (!IsWasmFunction(function)) return llvm::PreservedAnalyses::all();
  std::vector<llvm::BinaryOperator*> divisions;
  for (llvm::BasicBlock& block : function) {
    for (llvm::Instruction& instruction : block) {
      if (instruction.isIntDivRem() && instruction.getType()->getScalarSizeInBits() > 64 &&
          !instruction.getType()->isVectorTy())
        divisions.push_back(llvm::cast<llvm::BinaryOperator>(&instruction));
    }
  }
  for (llvm::BinaryOperator* division : divisions) {
    const auto opcode = division->getOpcode();
    if (opcode == llvm::Instruction::SDiv || opcode == llvm::Instruction::UDiv) {
      llvm::expandDivision(division);
    } else {
      llvm::expandRemainder(division);
    }
  }
  return llvm::PreservedAnalyses::none();
}

}  // namespace tenon::compiler
