// WebAssembly has no numbers below 32 bits: arithmetic of bytes is 32-bit arithmetic and a mask.
// What is left after the mask can be compared as a byte, without it, where the machine compares
// bytes. Range checks of characters in scanners and parsers are such comparisons.
#include "compiler/optimize/finish/narrow_comparisons.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/PatternMatch.h>
#include <llvm/Transforms/Utils/Local.h>

#include "compiler/ir/conventions.h"

namespace tenon::compiler {

namespace {

// (x & mask) < bound, where the mask may lack low bits that the bound lacks too, as the comparison
// of the lowest byte of x with the bound.
void Narrow(llvm::ICmpInst& comparison) {
  using namespace llvm::PatternMatch;
  llvm::Value* value = nullptr;
  const llvm::APInt* mask = nullptr;
  const llvm::APInt* bound = nullptr;
  llvm::CmpPredicate predicate;
  if (!match(&comparison,
             m_ICmp(predicate, m_OneUse(m_And(m_Value(value), m_APInt(mask))), m_APInt(bound))) ||
      !value->getType()->isIntegerTy()) {
    return;
  }
  // Half words gain nothing: x86-64 decodes their constants slowly.
  constexpr unsigned kBits = 8;
  const unsigned low = mask->countr_zero();
  if (mask->getActiveBits() != kBits || mask->popcount() != kBits - low ||
      value->getType()->getIntegerBitWidth() <= kBits || bound->getActiveBits() > kBits) {
    return;
  }
  llvm::APInt limit = *bound;
  if (predicate == llvm::ICmpInst::ICMP_UGT) {
    ++limit;
  } else if (predicate != llvm::ICmpInst::ICMP_ULT) {
    return;
  }
  if (limit.getActiveBits() > kBits || limit.countr_zero() < low) return;
  llvm::IRBuilder<> builder(&comparison);
  llvm::Value* narrow = builder.CreateTrunc(value, builder.getInt8Ty());
  comparison.replaceAllUsesWith(builder.CreateICmp(
      predicate, narrow, llvm::ConstantInt::get(narrow->getType(), bound->trunc(kBits))));
  llvm::RecursivelyDeleteTriviallyDeadInstructions(&comparison);
}

void NarrowComparisons(llvm::Function& function) {
  for (llvm::BasicBlock& block : function) {
    for (llvm::Instruction& instruction : llvm::make_early_inc_range(block)) {
      if (auto* comparison = llvm::dyn_cast<llvm::ICmpInst>(&instruction)) Narrow(*comparison);
    }
  }
}

}  // namespace

llvm::PreservedAnalyses NarrowComparisonsPass::run(llvm::Function& function,
                                                   llvm::FunctionAnalysisManager& /*analyses*/) {
  if (IsWasmFunction(function)) NarrowComparisons(function);
  return llvm::PreservedAnalyses::none();
}

}  // namespace tenon::compiler
