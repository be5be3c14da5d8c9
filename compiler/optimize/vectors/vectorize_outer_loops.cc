// Matrix code is full of loops like
//
//   for (j = 0; j < n; ++j)
//     for (k = 0; k < m; ++k) c[i][j] += a[i][k] * b[k][j];
//
// The inner loop jumps from row to row of b, a cache line and often a page for each number, and
// adds in an order that must stay. Neighbouring iterations of the outer loop, though, use
// neighbouring numbers and know nothing of each other: taken together as one vector, they do the
// same additions in the same order for each element. LLVM's vectoriser does so for innermost loops
// alone.
//
// The loop itself stays as it is. Before each of its iterations stands the question whether enough
// iterations are left for a group and whether the group's stores keep clear of what else it
// accesses; if so the vector copy of the body runs once for the whole group:
//
//   header: phis; enough left? --no--> body: one iteration --> header or exit
//                  | yes
//           ranges apart?     --no--> body
//                  | yes
//           group: all blocks of the body with vectors --> header or exit
//
// So what overlaps at its beginning only (a matrix and its own transpose) is vectorised after it.
// The copy takes the same path for all its iterations: branches depend on what is the same in all
// of them. Loops with traps in them are not taken, so no trap finds part of a group done.
#include "compiler/optimize/vectors/vectorize_outer_loops.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/Transforms/Utils/LoopUtils.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

#include "compiler/optimize/vectors/access_ranges.h"
#include "compiler/optimize/vectors/outer_loop_group.h"
#include "compiler/optimize/vectors/outer_loop_plan.h"

namespace tenon::compiler {

namespace {

// After each loop a function is analysed anew.
constexpr unsigned kMostInFunction = 100;

// Extends each index in one place, so that ways through the loop which meet agree on the result.
bool UniteExtensions(llvm::Loop& loop) {
  bool changed = false;
  llvm::DenseMap<llvm::Value*, llvm::Instruction*> extended;
  for (llvm::BasicBlock* block : loop.blocks()) {
    for (llvm::Instruction& instruction : llvm::make_early_inc_range(*block)) {
      auto* of = llvm::isa<llvm::ZExtInst>(instruction)
                     ? llvm::dyn_cast<llvm::Instruction>(instruction.getOperand(0))
                     : nullptr;
      if (of == nullptr || !loop.contains(of)) continue;
      llvm::Instruction*& one = extended[of];
      if (one == nullptr) {
        one = &instruction;
        const auto place = of->getInsertionPointAfterDef();
        if (place) instruction.moveBefore(*of->getParent(), *place);
      } else if (one->getType() == instruction.getType()) {
        one->andIRFlags(&instruction);
        instruction.replaceAllUsesWith(one);
        instruction.eraseFromParent();
        changed = true;
      }
    }
  }
  if (!changed) return false;
  for (llvm::BasicBlock* block : loop.blocks()) {
    for (llvm::PHINode& phi : llvm::make_early_inc_range(block->phis())) {
      llvm::Value* same = phi.hasConstantValue();
      if (same == nullptr || llvm::isa<llvm::UndefValue>(same)) continue;
      phi.replaceAllUsesWith(same);
      phi.eraseFromParent();
    }
  }
  return true;
}

// Where two ways through the loop meet, the same one in all iterations, what was decided between is
// decided before the loop: addresses made from it can then be told to be invariant.
bool HoistDecisions(llvm::Loop& loop, const llvm::DominatorTree& dominators) {
  bool changed = false;
  for (llvm::BasicBlock* block : loop.blocks()) {
    if (block == loop.getHeader() || !block->hasNPredecessors(2)) continue;
    const llvm::DomTreeNode* above = dominators.getNode(block)->getIDom();
    auto* branch = llvm::dyn_cast<llvm::BranchInst>(above->getBlock()->getTerminator());
    if (branch == nullptr || !branch->isConditional() ||
        !loop.isLoopInvariant(branch->getCondition()) ||
        branch->getSuccessor(0) == branch->getSuccessor(1)) {
      continue;
    }
    for (llvm::PHINode& phi : llvm::make_early_inc_range(block->phis())) {
      llvm::Value* chosen[2] = {nullptr, nullptr};
      for (unsigned side = 0; side < 2; ++side) {
        const llvm::BasicBlockEdge edge(branch->getParent(), branch->getSuccessor(side));
        for (llvm::Use& use : phi.incoming_values()) {
          if (dominators.dominates(edge, use)) chosen[side] = use.get();
        }
      }
      if (chosen[0] == nullptr || chosen[1] == nullptr || !loop.isLoopInvariant(chosen[0]) ||
          !loop.isLoopInvariant(chosen[1])) {
        continue;
      }
      llvm::IRBuilder<> builder(loop.getLoopPreheader()->getTerminator());
      phi.replaceAllUsesWith(builder.CreateSelect(branch->getCondition(), chosen[0], chosen[1]));
      phi.eraseFromParent();
      changed = true;
    }
  }
  return changed;
}

// Lets what is used after the loop, also of its inner loops, leave each loop through a phi. The
// plan is made for this form; other values of inner loops stay as they are, as addresses are known
// by theirs.
bool CloseOver(llvm::Loop& loop, const llvm::LoopInfo& loops, const llvm::DominatorTree& dominators,
               llvm::ScalarEvolution& evolution) {
  llvm::SmallVector<llvm::Instruction*, 8> leaving;
  for (llvm::BasicBlock* block : loop.blocks()) {
    for (llvm::Instruction& instruction : *block) {
      const bool leaves = llvm::any_of(instruction.uses(), [&](const llvm::Use& use) {
        auto* user = llvm::cast<llvm::Instruction>(use.getUser());
        const auto* phi = llvm::dyn_cast<llvm::PHINode>(user);
        return !loop.contains(phi != nullptr ? phi->getIncomingBlock(use) : user->getParent());
      });
      if (leaves) leaving.push_back(&instruction);
    }
  }
  return llvm::formLCSSAForInstructions(leaving, dominators, loops, &evolution);
}

// Makes the loop's header ask whether the next iterations can be done as a group.
class Vectorizing {
 public:
  Vectorizing(llvm::Loop& loop, llvm::LoopInfo& loops, llvm::ScalarEvolution& evolution,
              const OuterLoopPlan& plan)
      : loop_(loop),
        plan_(plan),
        back_edges_(evolution.getBackedgeTakenCount(&loop)),
        expander_(evolution, "group"),
        group_(loop, loops, plan),
        number_(llvm::Type::getInt64Ty(loop.getHeader()->getContext())),
        before_(loop.getLoopPreheader()),
        header_(loop.getHeader()),
        latch_(loop.getLoopLatch()),
        exit_(loop.getExitBlock()) {}

  bool IsPossible() {
    return expander_.isSafeToExpandAt(back_edges_, before_->getTerminator()) &&
           CanEmitRangeChecks(plan_.classes, loop_, expander_);
  }

  void Run() {
    group_.Copy();
    llvm::IRBuilder<> builder(header_->getContext());
    llvm::BasicBlock* check = llvm::BasicBlock::Create(
        builder.getContext(), "group.check", header_->getParent(), header_->getNextNode());
    llvm::BasicBlock* one = CutOffBody(check);
    llvm::Instruction* before = before_->getTerminator();
    builder.SetInsertPoint(before);
    llvm::Value* back_edges = builder.CreateZExt(
        builder.CreateFreeze(expander_.expandCodeFor(back_edges_, nullptr, before)), number_);

    builder.SetInsertPoint(header_, header_->begin());
    llvm::PHINode* done = builder.CreatePHI(number_, 3);
    builder.SetInsertPoint(header_);
    llvm::Value* others = builder.getInt64(plan_.group - 1);
    llvm::Value* left = builder.CreateSub(back_edges, done);
    builder.CreateCondBr(builder.CreateICmpUGE(left, others), check, one);
    builder.SetInsertPoint(check);
    llvm::Value* apart =
        EmitRangeChecks(plan_.classes, loop_, expander_, plan_.group, done, builder);
    builder.CreateCondBr(apart, group_.first(), one);

    builder.SetInsertPoint(latch_->getTerminator());
    done->addIncoming(builder.getInt64(0), before_);
    done->addIncoming(builder.CreateAdd(done, builder.getInt64(1)), latch_);
    Continue(*done);
    llvm::IRBuilder<>& ending = group_.builder();
    ending.CreateCondBr(ending.CreateICmpEQ(left, others), exit_, header_);
  }

 private:
  // What follows the header's phis, in a block of its own.
  llvm::BasicBlock* CutOffBody(llvm::BasicBlock* after) {
    llvm::BasicBlock* body = llvm::BasicBlock::Create(header_->getContext(), "group.one",
                                                      header_->getParent(), after->getNextNode());
    body->splice(body->end(), header_, header_->getFirstNonPHIIt(), header_->end());
    for (llvm::BasicBlock* successor : llvm::successors(body))
      successor->replacePhiUsesWith(header_, body);
    return body;
  }

  // What the header and the exit are given by the end of the group.
  void Continue(llvm::PHINode& done) {
    llvm::BasicBlock* end = group_.last();
    llvm::IRBuilder<>& ending = group_.builder();
    ending.SetInsertPoint(end);
    for (llvm::PHINode& phi : exit_->phis())
      phi.addIncoming(group_.Last(phi.getIncomingValueForBlock(latch_)), end);
    for (llvm::PHINode& phi : header_->phis()) {
      const std::int64_t stride = &phi == &done ? 1 : plan_.shapes.Of(&phi).stride;
      phi.addIncoming(group_.Moved(&phi, stride * plan_.group), end);
    }
  }

  llvm::Loop& loop_;
  const OuterLoopPlan& plan_;
  const llvm::SCEV* back_edges_;
  llvm::SCEVExpander expander_;
  OuterLoopGroup group_;
  llvm::Type* number_;
  // Once blocks outside of the loop lead into it, the loop can no longer be asked.
  llvm::BasicBlock* before_;
  llvm::BasicBlock* header_;
  llvm::BasicBlock* latch_;
  llvm::BasicBlock* exit_;
};

}  // namespace

llvm::PreservedAnalyses VectorizeOuterLoopsPass::run(llvm::Function& function,
                                                     llvm::FunctionAnalysisManager& analyses) {
  llvm::SmallPtrSet<const llvm::BasicBlock*, 8> looked_at;
  bool changed = false;
  bool again = true;
  for (unsigned count = 0; again && count < kMostInFunction; ++count) {
    again = false;
    auto& loops = analyses.getResult<llvm::LoopAnalysis>(function);
    auto& evolution = analyses.getResult<llvm::ScalarEvolutionAnalysis>(function);
    auto& dominators = analyses.getResult<llvm::DominatorTreeAnalysis>(function);
    const auto& target = analyses.getResult<llvm::TargetIRAnalysis>(function);
    auto nested = loops.getLoopsInPreorder();
    // Loops in the depth come first; each is looked at once.
    for (llvm::Loop* loop : llvm::reverse(nested)) {
      if (loop->isInnermost() || !looked_at.insert(loop->getHeader()).second) continue;
      if (!HasOuterLoopForm(*loop, evolution)) continue;
      const bool united = UniteExtensions(*loop);
      const bool hoisted = HoistDecisions(*loop, dominators);
      if (united || hoisted) {
        changed = true;
        evolution.forgetLoop(loop);
      }
      changed |= CloseOver(*loop, loops, dominators, evolution);
      auto plan = MakeOuterLoopPlan(*loop, loops, evolution, target);
      if (!plan) continue;
      Vectorizing vectorizing(*loop, loops, evolution, *plan);
      if (!vectorizing.IsPossible()) continue;
      vectorizing.Run();
      analyses.invalidate(function, llvm::PreservedAnalyses::none());
      changed = again = true;
      break;
    }
  }
  return changed ? llvm::PreservedAnalyses::none() : llvm::PreservedAnalyses::all();
}

}  // namespace tenon::compiler
