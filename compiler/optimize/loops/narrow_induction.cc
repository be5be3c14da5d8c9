// An address in wasm is the zero extension of a number that wraps at 32 bits. InstCombine and GVN
// like to extend such a loop variable once an iteration instead of at its uses: phi(start,
// zext(trunc(phi) + step)). That is no longer a recurrence to ScalarEvolution, while the zero
// extension of one is, under a test that it does not wrap; the vectoriser needs to see the latter.
#include "compiler/optimize/loops/narrow_induction.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/PatternMatch.h>
#include <llvm/Transforms/Utils/Local.h>

namespace tenon::compiler {

namespace {

bool Narrow(llvm::PHINode& phi, const llvm::Loop& loop) {
  using namespace llvm::PatternMatch;
  llvm::BasicBlock* preheader = loop.getLoopPreheader();
  llvm::BasicBlock* latch = loop.getLoopLatch();
  llvm::Value* next = nullptr;
  llvm::Value* step = nullptr;
  if (preheader == nullptr || latch == nullptr || !phi.getType()->isIntegerTy(64) ||
      !match(phi.getIncomingValueForBlock(latch), m_ZExt(m_Value(next))) ||
      !next->getType()->isIntegerTy(32)) {
    return false;
  }
  // Others, such as the next element of a list, are best extended where they are loaded.
  if (!match(next, m_c_Add(m_Trunc(m_Specific(&phi)), m_Value(step))) ||
      !loop.isLoopInvariant(step)) {
    return false;
  }
  llvm::Value* start = phi.getIncomingValueForBlock(preheader);
  if (llvm::computeKnownBits(start, phi.getDataLayout()).countMinLeadingZeros() < 32) return false;

  llvm::IRBuilder<> builder(preheader->getTerminator());
  llvm::Value* narrow_start = builder.CreateTrunc(start, next->getType());
  builder.SetInsertPoint(&phi);
  llvm::PHINode* narrow = builder.CreatePHI(next->getType(), 2);
  narrow->addIncoming(narrow_start, preheader);
  narrow->addIncoming(next, latch);
  builder.SetInsertPoint(loop.getHeader(), loop.getHeader()->getFirstInsertionPt());
  llvm::Value* wide = builder.CreateZExt(narrow, phi.getType());
  for (llvm::User* user : llvm::make_early_inc_range(phi.users())) {
    if (auto* narrowed = llvm::dyn_cast<llvm::TruncInst>(user);
        narrowed != nullptr && narrowed->getType() == narrow->getType()) {
      narrowed->replaceAllUsesWith(narrow);
      narrowed->eraseFromParent();
    }
  }
  phi.replaceAllUsesWith(wide);
  phi.eraseFromParent();
  return true;
}

}  // namespace

llvm::PreservedAnalyses NarrowInductionPass::run(llvm::Function& function,
                                                 llvm::FunctionAnalysisManager& analyses) {
  bool changed = false;
  for (const llvm::Loop* loop :
       analyses.getResult<llvm::LoopAnalysis>(function).getLoopsInPreorder()) {
    // Others are not vectorised, and gain from the longer form.
    if (!loop->isInnermost() || loop->getExitingBlock() == nullptr) continue;
    for (llvm::PHINode& phi : llvm::make_early_inc_range(loop->getHeader()->phis()))
      changed |= Narrow(phi, *loop);
  }
  if (!changed) return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses preserved;
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

}  // namespace tenon::compiler
