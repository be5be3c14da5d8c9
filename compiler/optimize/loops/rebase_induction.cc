// Loop strength reduction for WebAssembly likes loops from -n to 0, which save a comparison. LLVM
// widens such a variable to 64 bits, proves that it does not wrap before the last step, and then
// cannot count the iterations, since the last step does wrap. Counting from 0 to n has no such
// step. Uses of the variable become `variable + start`, which InstCombine folds into addresses.
#include "compiler/optimize/loops/rebase_induction.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/PatternMatch.h>

namespace tenon::compiler {

namespace {

bool Rebase(llvm::Loop& loop) {
  using namespace llvm::PatternMatch;
  llvm::BasicBlock* latch = loop.getLoopLatch();
  llvm::BasicBlock* preheader = loop.getLoopPreheader();
  if (latch == nullptr || preheader == nullptr) return false;
  auto* branch = llvm::dyn_cast<llvm::BranchInst>(latch->getTerminator());
  if (branch == nullptr || !branch->isConditional()) return false;
  auto* exit = llvm::dyn_cast<llvm::ICmpInst>(branch->getCondition());
  if (exit == nullptr || !exit->isEquality() || !exit->hasOneUse()) return false;

  for (llvm::PHINode& phi : loop.getHeader()->phis()) {
    llvm::Value* next = phi.getIncomingValueForBlock(latch);
    const llvm::APInt* start = nullptr;
    const llvm::APInt* step = nullptr;
    const llvm::APInt* limit = nullptr;
    if (!match(phi.getIncomingValueForBlock(preheader), m_APInt(start)) ||
        !match(next, m_Add(m_Specific(&phi), m_APInt(step))) ||
        !match(exit, m_ICmp(m_Specific(next), m_APInt(limit))) || !step->isStrictlyPositive() ||
        !start->ugt(*limit)) {
      continue;
    }
    llvm::IRBuilder<> builder(&*loop.getHeader()->getFirstInsertionPt());
    llvm::Value* value = builder.CreateAdd(&phi, builder.getInt(*start));
    phi.replaceUsesWithIf(value, [&](llvm::Use& use) { return use.getUser() != value; });
    phi.setIncomingValueForBlock(preheader, llvm::ConstantInt::getNullValue(phi.getType()));
    builder.SetInsertPoint(exit);
    llvm::Value* new_next = builder.CreateAdd(&phi, builder.getInt(*step));
    phi.setIncomingValueForBlock(latch, new_next);
    exit->setOperand(0, new_next);
    exit->setOperand(1, builder.getInt(*limit - *start));
    return true;
  }
  return false;
}

}  // namespace

llvm::PreservedAnalyses RebaseInductionPass::run(llvm::Function& function,
                                                 llvm::FunctionAnalysisManager& analyses) {
  bool changed = false;
  for (llvm::Loop* loop : analyses.getResult<llvm::LoopAnalysis>(function).getLoopsInPreorder())
    changed |= Rebase(*loop);
  return changed ? llvm::PreservedAnalyses::none() : llvm::PreservedAnalyses::all();
}

}  // namespace tenon::compiler
