// Bounds checks keep a loop from being vectorised and cost two instructions an access. In a loop
// that can be counted, an index that grows or shrinks by a fixed step is within bounds in all
// iterations if it is at its extremes and does not wrap between them. Where that test, made before
// the loop, succeeds, a copy of the loop without checks runs; where it fails, the loop as it is,
// which traps in the iteration that the specification says, with all earlier stores done.
//
// A check that only some iterations reach is tested for all of them: at worst the loop with checks
// runs. (Gupta, "Optimizing array bound checks using flow analysis", 1993; loop versioning after
// Mikheev et al., "Overview of Excelsior JET", 2002.)
#include "compiler/codegen/hoist_checks.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/PatternMatch.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <llvm/Transforms/Utils/LCSSA.h>
#include <llvm/Transforms/Utils/LoopUtils.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

#include <optional>
#include <vector>

namespace tenon::compiler {

namespace {

// A larger loop gains little and doubles its code.
constexpr std::size_t kMaximumInstructions = 1000;
// SCEVExpander's measure, in instructions: what the tests of one loop may cost.
constexpr unsigned kExpansionBudget = 24;

// "Traps if `index` + `reach` exceeds `limit`" (or reaches it), where nothing but the index
// changes in the loop.
struct Check {
  llvm::BranchInst* branch;
  unsigned trap_successor;
  llvm::Value* index;  // i32 or i64; null: the condition does not change in the loop
  std::uint64_t reach;
  llvm::Value* limit;  // i64
  bool traps_at_limit;
  llvm::Value* condition;  // traps if true, where the index is null
};

// Exits of loops in simplified form lead to what they share with other exits.
bool IsTrap(const llvm::BasicBlock& exit) {
  const llvm::BasicBlock* shared = exit.getSingleSuccessor();
  return llvm::isa<llvm::UnreachableInst>((shared != nullptr ? *shared : exit).getTerminator());
}

// The checks of a loop, if every way into a trap is understood.
class LoopChecks {
 public:
  explicit LoopChecks(llvm::Loop& loop) : loop_(loop) {}

  bool Find() {
    for (llvm::BasicBlock* block : loop_.blocks()) {
      auto* const branch = llvm::dyn_cast<llvm::BranchInst>(block->getTerminator());
      if (branch == nullptr) return false;
      if (!branch->isConditional()) continue;
      for (unsigned i = 0; i < 2; ++i) {
        if (loop_.contains(branch->getSuccessor(i)) || !IsTrap(*branch->getSuccessor(i))) continue;
        if (!loop_.contains(branch->getSuccessor(1 - i)) ||
            !Add(branch, i, branch->getCondition(), /*negated=*/i == 1)) {
          return false;
        }
      }
    }
    return !checks_.empty();
  }

  const std::vector<Check>& checks() const { return checks_; }

 private:
  // `condition`, or its opposite, leads to the trap.
  bool Add(llvm::BranchInst* branch, unsigned successor, llvm::Value* condition, bool negated) {
    using namespace llvm::PatternMatch;
    llvm::Value *left, *right;
    if (negated ? match(condition, m_LogicalAnd(m_Value(left), m_Value(right)))
                : match(condition, m_LogicalOr(m_Value(left), m_Value(right)))) {
      return Add(branch, successor, left, negated) && Add(branch, successor, right, negated);
    }
    if (loop_.isLoopInvariant(condition)) {
      if (negated) return false;
      checks_.push_back({branch, successor, nullptr, 0, nullptr, false, condition});
      return true;
    }
    auto* const comparison = llvm::dyn_cast<llvm::ICmpInst>(condition);
    if (comparison == nullptr || !comparison->getOperand(0)->getType()->isIntegerTy()) return false;
    llvm::CmpInst::Predicate predicate =
        negated ? comparison->getInversePredicate() : comparison->getPredicate();
    llvm::Value* index = comparison->getOperand(0);
    llvm::Value* limit = comparison->getOperand(1);
    if (loop_.isLoopInvariant(index)) {
      std::swap(index, limit);
      predicate = llvm::CmpInst::getSwappedPredicate(predicate);
    }
    if (!loop_.isLoopInvariant(limit) ||
        (predicate != llvm::CmpInst::ICMP_UGT && predicate != llvm::CmpInst::ICMP_UGE)) {
      return false;
    }
    std::uint64_t reach = 0;
    const llvm::APInt* constant = nullptr;
    llvm::Value* inner = nullptr;
    if (match(index, m_NUWAdd(m_Value(inner), m_APInt(constant))) ||
        match(index, m_DisjointOr(m_Value(inner), m_APInt(constant)))) {
      reach = constant->getZExtValue();
      index = inner;
    }
    if (match(index, m_ZExt(m_Value(inner)))) index = inner;
    if (reach > kMaximumReach) return false;
    checks_.push_back(
        {branch, successor, index, reach, limit, predicate == llvm::CmpInst::ICMP_UGE, nullptr});
    return true;
  }

  static constexpr std::uint64_t kMaximumReach = std::uint64_t{1} << 33;

  llvm::Loop& loop_;
  std::vector<Check> checks_;
};

// Writes, before the loop, the test that none of its checks fails.
class TestBuilder {
 public:
  TestBuilder(llvm::Loop& loop, llvm::Instruction* at, llvm::ScalarEvolution& evolution)
      : loop_(loop),
        at_(at),
        evolution_(evolution),
        expander_(evolution, "hoisted"),
        builder_(at) {}

  // Null: something cannot be known before the loop, or takes too long to compute.
  llvm::Value* Build(const std::vector<Check>& checks, const llvm::TargetTransformInfo& costs) {
    const llvm::SCEV* iterations = evolution_.getSymbolicMaxBackedgeTakenCount(&loop_);
    llvm::SmallVector<const llvm::SCEV*, 8> expressions{iterations};
    if (llvm::isa<llvm::SCEVCouldNotCompute>(iterations) || !FitsWord(iterations)) return nullptr;
    for (const Check& check : checks) {
      if (check.index == nullptr) continue;
      const llvm::SCEVAddRecExpr* index = Index(check);
      if (index == nullptr || !FitsWord(index)) return nullptr;
      expressions.push_back(index->getStart());
      expressions.push_back(index->getOperand(1));
    }
    for (const llvm::SCEV* expression : expressions) {
      if (!expander_.isSafeToExpandAt(expression, at_)) return nullptr;
    }
    if (expander_.isHighCostExpansion(expressions, &loop_, kExpansionBudget, &costs, at_))
      return nullptr;
    llvm::Value* count = Expand(iterations);
    llvm::Value* fine = builder_.getTrue();
    for (const Check& check : checks) fine = builder_.CreateAnd(fine, Passes(check, count));
    return fine;
  }

 private:
  bool FitsWord(const llvm::SCEV* value) const {
    return evolution_.getTypeSizeInBits(value->getType()) <= 64;
  }

  // An index that does not change counts as one that changes by 0.
  const llvm::SCEVAddRecExpr* Index(const Check& check) const {
    const auto* index = llvm::dyn_cast<llvm::SCEVAddRecExpr>(evolution_.getSCEV(check.index));
    return index != nullptr && index->getLoop() == &loop_ && index->isAffine() ? index : nullptr;
  }

  llvm::Value* Expand(const llvm::SCEV* value) {
    return builder_.CreateZExt(expander_.expandCodeFor(value, nullptr, at_), builder_.getInt64Ty());
  }

  // The operation's result; whether it wraps is added to `wraps`.
  llvm::Value* Checked(llvm::Intrinsic::ID operation, llvm::Value* left, llvm::Value* right,
                       llvm::Value*& wraps) {
    llvm::Value* pair = builder_.CreateBinaryIntrinsic(operation, left, right);
    wraps = builder_.CreateOr(wraps, builder_.CreateExtractValue(pair, 1));
    return builder_.CreateExtractValue(pair, 0);
  }

  llvm::Value* Passes(const Check& check, llvm::Value* count) {
    if (check.index == nullptr) return builder_.CreateNot(check.condition);
    const llvm::SCEVAddRecExpr* index = Index(check);
    const auto* const constant = llvm::dyn_cast<llvm::SCEVConstant>(index->getOperand(1));
    const bool shrinks = constant != nullptr && constant->getAPInt().isNegative();
    llvm::Value* start = Expand(index->getStart());
    // A step that is not constant is taken for a positive one; if it is not, the test fails.
    llvm::Value* step = shrinks ? builder_.getInt64((-constant->getAPInt()).getZExtValue())
                                : Expand(index->getOperand(1));
    llvm::Value* wraps = builder_.getFalse();
    llvm::Value* distance = Checked(llvm::Intrinsic::umul_with_overflow, count, step, wraps);
    llvm::Value* largest = start;
    if (shrinks) {
      wraps = builder_.CreateOr(wraps, builder_.CreateICmpUGT(distance, start));
    } else {
      largest = Checked(llvm::Intrinsic::uadd_with_overflow, start, distance, wraps);
    }
    const unsigned bits = index->getType()->getIntegerBitWidth();
    if (bits < 64) {
      wraps = builder_.CreateOr(
          wraps, builder_.CreateICmpUGT(largest, builder_.getInt64((1ULL << bits) - 1)));
    }
    if (check.reach != 0) {
      largest = Checked(llvm::Intrinsic::uadd_with_overflow, largest,
                        builder_.getInt64(check.reach), wraps);
    }
    llvm::Value* limit = builder_.CreateZExt(check.limit, builder_.getInt64Ty());
    llvm::Value* inside = check.traps_at_limit ? builder_.CreateICmpULT(largest, limit)
                                               : builder_.CreateICmpULE(largest, limit);
    return builder_.CreateAnd(inside, builder_.CreateNot(wraps));
  }

  llvm::Loop& loop_;
  llvm::Instruction* at_;
  llvm::ScalarEvolution& evolution_;
  llvm::SCEVExpander expander_;
  llvm::IRBuilder<> builder_;
};

// What leaves the loop does so through phis of the exit blocks; they learn of the copy's exits.
void ConnectExits(const llvm::Loop& loop, const llvm::ValueToValueMapTy& copies) {
  llvm::SmallVector<llvm::BasicBlock*, 8> exits;
  loop.getUniqueExitBlocks(exits);
  for (llvm::BasicBlock* exit : exits) {
    for (llvm::PHINode& phi : exit->phis()) {
      for (unsigned i = 0, count = phi.getNumIncomingValues(); i < count; ++i) {
        llvm::BasicBlock* from = phi.getIncomingBlock(i);
        if (!loop.contains(from)) continue;
        llvm::Value* copy = copies.lookup(phi.getIncomingValue(i));
        phi.addIncoming(copy != nullptr ? copy : phi.getIncomingValue(i),
                        llvm::cast<llvm::BasicBlock>(copies.lookup(from)));
      }
    }
  }
}

void RemoveChecks(const std::vector<Check>& checks) {
  llvm::SmallPtrSet<llvm::BranchInst*, 8> removed;  // several checks may be parts of one condition
  for (const Check& check : checks) {
    if (!removed.insert(check.branch).second) continue;
    llvm::BasicBlock* block = check.branch->getParent();
    check.branch->getSuccessor(check.trap_successor)->removePredecessor(block);
    llvm::BranchInst::Create(check.branch->getSuccessor(1 - check.trap_successor),
                             check.branch->getIterator());
  }
  for (llvm::BranchInst* branch : removed) branch->eraseFromParent();
}

class CheckHoisting {
 public:
  CheckHoisting(llvm::LoopInfo& loops, llvm::DominatorTree& dominators,
                llvm::ScalarEvolution& evolution, const llvm::TargetTransformInfo& costs)
      : loops_(loops), dominators_(dominators), evolution_(evolution), costs_(costs) {}

  bool Run(llvm::Function& function) {
    std::vector<llvm::Loop*> innermost;
    for (llvm::Loop* loop : loops_.getLoopsInPreorder()) {
      if (loop->isInnermost()) innermost.push_back(loop);
    }
    bool changed = false;
    for (llvm::Loop* loop : innermost) changed |= Version(function, *loop);
    return changed;
  }

 private:
  bool Version(llvm::Function& function, llvm::Loop& loop) {
    if (!loop.isLoopSimplifyForm()) return false;
    std::size_t instructions = 0;
    for (llvm::BasicBlock* block : loop.blocks()) instructions += block->size();
    LoopChecks checks(loop);
    if (instructions > kMaximumInstructions || !checks.Find()) return false;

    llvm::formLCSSA(loop, dominators_, &loops_, &evolution_);
    llvm::BasicBlock* test = loop.getLoopPreheader();
    llvm::BasicBlock* preheader =
        llvm::SplitBlock(test, test->getTerminator(), &dominators_, &loops_);
    llvm::ValueToValueMapTy copies;
    llvm::SmallVector<llvm::BasicBlock*, 8> blocks;
    llvm::Loop* checked = llvm::cloneLoopWithPreheader(preheader, test, &loop, copies, ".checked",
                                                       &loops_, &dominators_, blocks);
    llvm::remapInstructionsInBlocks(blocks, copies);
    ConnectExits(loop, copies);
    // Without its checks the loop has one exit, as a rule, and LLVM can count its iterations.
    RemoveChecks(checks.checks());
    llvm::Instruction* old_branch = test->getTerminator();
    auto* const branch = llvm::BranchInst::Create(preheader, checked->getLoopPreheader(),
                                                  llvm::ConstantInt::getFalse(test->getContext()),
                                                  old_branch->getIterator());
    old_branch->eraseFromParent();
    dominators_.recalculate(function);
    evolution_.forgetAllLoops();

    TestBuilder builder(loop, branch, evolution_);
    if (llvm::Value* passes = builder.Build(checks.checks(), costs_)) {
      branch->setCondition(passes);
      branch->setMetadata(llvm::LLVMContext::MD_prof,
                          llvm::MDBuilder(test->getContext()).createBranchWeights(1 << 20, 1));
      checked->setLoopAlreadyUnrolled();
    }
    return true;
  }

  llvm::LoopInfo& loops_;
  llvm::DominatorTree& dominators_;
  llvm::ScalarEvolution& evolution_;
  const llvm::TargetTransformInfo& costs_;
};

}  // namespace

bool HoistChecks(llvm::Function& function, llvm::LoopInfo& loops, llvm::DominatorTree& dominators,
                 llvm::ScalarEvolution& evolution, const llvm::TargetTransformInfo& costs) {
  return CheckHoisting(loops, dominators, evolution, costs).Run(function);
}

}  // namespace tenon::compiler
