// The loop vectoriser treats the zero extension of {start,+,step} as a recurrence of the wider
// type, under the predicate that {start,+,step} does not wrap, for which it emits a check before
// the loop. A predicate that another one implies gets no check. LLVM 22
// (SCEVWrapPredicate::implies, all of 22.1) holds that a recurrence of 32 bits that does not wrap
// implies that one of fewer bits does not either, if its start and step are no greater. So in
//
//   p[i] ^= key[i & 15];
//
// {p,+,1} of 32 bits is checked, and {0,+,1} of 4 bits, which is what SCEV makes of i & 15, is not:
// the vector loop reads key[16], key[17] and on. Upstream mended it for LLVM 23 (pull request
// 191498); tests/end_to_end/optimizer/llvm_faults.sh says when the installed LLVM has it.
//
// This pass collects the predicates that the vectoriser may assume of an innermost loop. Where one
// would be forgotten so, what needs it is frozen: SCEV does not look through `freeze`. The index of
// an access is then any number, for which the vectoriser gathers or does without the loop; an exit
// condition or an induction variable makes it do without. InstCombine takes the freezing away, as
// nothing of this is poison. Whether one predicate implies another, LLVM itself is asked, so that
// nothing is frozen by an LLVM that is mended.
#include "compiler/optimize/loops/keep_wrap_checks.h"

#include <llvm/ADT/SetVector.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>

#include <utility>
#include <vector>

namespace tenon::compiler {

namespace {

using Predicates = llvm::SmallVector<const llvm::SCEVPredicate*, 4>;

// What the vectoriser assumes in order to see `use` as a recurrence or as a trip count's limit.
struct Assumptions {
  llvm::Use* use;
  Predicates predicates;
};

bool HasConstantStep(const llvm::SCEVAddRecExpr& recurrence, llvm::ScalarEvolution& evolution) {
  return llvm::isa<llvm::SCEVConstant>(recurrence.getStepRecurrence(evolution));
}

// Whether LLVM drops the check of `narrow` if it makes that of `wide`. Steps that are not constants
// may become 1 in a version of the loop, where it asks again.
bool IsForgottenBeside(const llvm::SCEVPredicate* narrow, const llvm::SCEVPredicate* wide,
                       llvm::ScalarEvolution& evolution) {
  const auto* forgotten = llvm::dyn_cast<llvm::SCEVWrapPredicate>(narrow);
  const auto* kept = llvm::dyn_cast<llvm::SCEVWrapPredicate>(wide);
  if (forgotten == nullptr || kept == nullptr) return false;
  const llvm::SCEVAddRecExpr* less = forgotten->getExpr();
  const llvm::SCEVAddRecExpr* more = kept->getExpr();
  if (evolution.getTypeSizeInBits(less->getType()) >= evolution.getTypeSizeInBits(more->getType()))
    return false;
  return kept->implies(forgotten, evolution) || !HasConstantStep(*less, evolution) ||
         !HasConstantStep(*more, evolution);
}

class LoopAssumptions {
 public:
  LoopAssumptions(const llvm::Loop& loop, llvm::ScalarEvolution& evolution)
      : loop_(loop), evolution_(evolution) {
    for (llvm::BasicBlock* block : loop.blocks()) {
      for (llvm::Instruction& instruction : *block) AddAccess(instruction);
    }
    for (llvm::PHINode& phi : loop.getHeader()->phis()) {
      const auto latch = static_cast<unsigned>(phi.getBasicBlockIndex(loop.getLoopLatch()));
      AddRecurrence(phi.getOperandUse(latch), &phi);
    }
    AddTripCount();
  }

  // What must not be seen as a recurrence.
  llvm::SetVector<llvm::Use*> Endangered() {
    llvm::SetVector<llvm::Use*> found;
    for (const Assumptions& one : all_) {
      const auto is_forgotten = [&](const llvm::SCEVPredicate* predicate) {
        return llvm::any_of(all_, [&](const Assumptions& other) {
          return llvm::any_of(other.predicates, [&](const llvm::SCEVPredicate* wide) {
            return IsForgottenBeside(predicate, wide, evolution_);
          });
        });
      };
      if (llvm::any_of(one.predicates, is_forgotten)) found.insert(one.use);
    }
    return found;
  }

 private:
  void Add(llvm::Use& use, Predicates predicates) {
    if (!predicates.empty()) all_.push_back({&use, std::move(predicates)});
  }
  void AddRecurrence(llvm::Use& use, llvm::Value* value) {
    if (!evolution_.isSCEVable(value->getType())) return;
    Predicates predicates;
    evolution_.convertSCEVToAddRecWithPredicates(evolution_.getSCEV(value), &loop_, predicates);
    Add(use, std::move(predicates));
  }
  void AddAccess(llvm::Instruction& access) {
    llvm::Value* pointer = llvm::getLoadStorePointerOperand(&access);
    if (pointer == nullptr || loop_.isLoopInvariant(pointer)) return;
    // The index of the address that the loop calculates, or else the address.
    llvm::Use* use = &access.getOperandUse(llvm::isa<llvm::LoadInst>(access) ? 0 : 1);
    while (auto* element = llvm::dyn_cast<llvm::GetElementPtrInst>(use->get())) {
      if (!loop_.contains(element) || element->getNumIndices() != 1) break;
      llvm::Use& index = *element->idx_begin();
      const bool moves = !loop_.isLoopInvariant(index.get());
      if (moves && !loop_.isLoopInvariant(element->getPointerOperand())) break;
      use = moves ? &index : &element->getOperandUse(0);
      if (moves) break;
    }
    AddRecurrence(*use, pointer);
  }
  void AddTripCount() {
    llvm::SmallVector<llvm::BasicBlock*, 4> exiting;
    loop_.getExitingBlocks(exiting);
    Predicates predicates;
    evolution_.getPredicatedBackedgeTakenCount(&loop_, predicates);
    evolution_.getPredicatedSymbolicMaxBackedgeTakenCount(&loop_, predicates);
    for (llvm::BasicBlock* block : exiting) {
      if (auto* branch = llvm::dyn_cast<llvm::BranchInst>(block->getTerminator()))
        Add(branch->getOperandUse(0), predicates);
    }
  }

  const llvm::Loop& loop_;
  llvm::ScalarEvolution& evolution_;
  std::vector<Assumptions> all_;
};

void Freeze(llvm::Use& use) {
  auto* user = llvm::cast<llvm::Instruction>(use.getUser());
  auto* phi = llvm::dyn_cast<llvm::PHINode>(user);
  llvm::IRBuilder<> builder(phi == nullptr ? user : phi->getIncomingBlock(use)->getTerminator());
  use.set(builder.CreateFreeze(use.get()));
}

}  // namespace

llvm::PreservedAnalyses KeepWrapChecksPass::run(llvm::Function& function,
                                                llvm::FunctionAnalysisManager& analyses) {
  bool changed = false;
  auto& evolution = analyses.getResult<llvm::ScalarEvolutionAnalysis>(function);
  for (llvm::Loop* loop : analyses.getResult<llvm::LoopAnalysis>(function).getLoopsInPreorder()) {
    if (!loop->isInnermost() || loop->getLoopLatch() == nullptr) continue;
    for (llvm::Use* use : LoopAssumptions(*loop, evolution).Endangered()) {
      Freeze(*use);
      changed = true;
    }
  }
  if (!changed) return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses preserved;
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

}  // namespace tenon::compiler
