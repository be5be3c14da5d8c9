// Bounds checks keep a loop from being vectorised and cost two instructions an access. In a loop
// that can be counted, an index that grows or shrinks by a fixed step is within bounds in all
// iterations if it is at its extremes and does not wrap between them. Where that test, made before
// the loop, succeeds, a copy of the loop without checks runs; where it fails, the loop as it is,
// which traps in the iteration that the specification says, with all earlier stores done.
//
// A check that only some iterations reach is tested for all of them: at worst the loop with checks
// runs. (Gupta, "Optimizing array bound checks using flow analysis", 1993; two versions of a loop
// as in Midkiff, Moreira and Snir, "Optimizing array reference checking in Java programs", 1998.)
#include "compiler/optimize/checks/hoist_checks.h"

#include <llvm/Analysis/AssumptionCache.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/PatternMatch.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <llvm/Transforms/Utils/LCSSA.h>
#include <llvm/Transforms/Utils/LoopUtils.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

#include <optional>
#include <vector>

#include "compiler/ir/conventions.h"

namespace tenon::compiler {

namespace {

// A larger loop gains little and doubles its code.
constexpr std::size_t kMaximumInstructions = 1000;
// SCEVExpander's measure, in instructions: what the tests of one loop may cost.
constexpr unsigned kExpansionBudget = 48;

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
  return IsTrapBlock(shared != nullptr ? *shared : exit);
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

// Writes, before a loop, the test that none of its checks fails. Numbers are unsigned and of 64
// bits; what the loop computes modulo 2^32 is computed without wrapping, and must stay below 2^32.
class TestBuilder {
 public:
  TestBuilder(llvm::Loop& loop, llvm::Instruction* at, const llvm::LoopInfo& loops,
              llvm::ScalarEvolution& evolution)
      : loop_(loop),
        at_(at),
        loops_(loops),
        evolution_(evolution),
        expander_(evolution, "hoisted"),
        builder_(at) {}

  // Whether the indices have the right form, as far as that can be told while the checks are there.
  bool IsPromising(const std::vector<Check>& checks) {
    purpose_ = Purpose::kForm;
    return Test(checks) != nullptr;
  }

  // Null: something cannot be known before the loop, or takes too long to compute.
  llvm::Value* Build(const std::vector<Check>& checks, const llvm::TargetTransformInfo& costs) {
    purpose_ = Purpose::kCost;
    if (Test(checks) == nullptr) return nullptr;
    for (const llvm::SCEV* part : parts_) {
      if (!expander_.isSafeToExpandAt(part, at_)) return nullptr;
    }
    if (expander_.isHighCostExpansion(parts_, &loop_, kExpansionBudget, &costs, at_))
      return nullptr;
    purpose_ = Purpose::kCode;
    return Test(checks);
  }

 private:
  // First to see whether it is possible, then what it takes, then in earnest; until then all
  // numbers are 0, so that the builder makes no code.
  enum class Purpose { kForm, kCost, kCode };

  struct Bounds {
    llvm::Value* smallest;
    llvm::Value* largest;
  };

  llvm::Value* Number(std::uint64_t number) { return builder_.getInt64(number); }

  // A part that does not change in the loop.
  llvm::Value* Part(const llvm::SCEV* value) {
    if (purpose_ == Purpose::kCost) parts_.push_back(value);
    if (purpose_ != Purpose::kCode) return Number(0);
    return builder_.CreateZExt(expander_.expandCodeFor(value, nullptr, at_), builder_.getInt64Ty());
  }

  // The operation's result; whether it wraps is added to wraps_.
  llvm::Value* Checked(llvm::Intrinsic::ID operation, llvm::Value* left, llvm::Value* right) {
    if (purpose_ != Purpose::kCode) return Number(0);
    llvm::Value* pair = builder_.CreateBinaryIntrinsic(operation, left, right);
    wraps_ = builder_.CreateOr(wraps_, builder_.CreateExtractValue(pair, 1));
    return builder_.CreateExtractValue(pair, 0);
  }
  llvm::Value* Add(llvm::Value* left, llvm::Value* right) {
    return Checked(llvm::Intrinsic::uadd_with_overflow, left, right);
  }
  llvm::Value* Subtract(llvm::Value* left, llvm::Value* right) {
    return Checked(llvm::Intrinsic::usub_with_overflow, left, right);
  }
  llvm::Value* Multiply(llvm::Value* left, llvm::Value* right) {
    return Checked(llvm::Intrinsic::umul_with_overflow, left, right);
  }

  // The magnitude of a negative constant, or nothing.
  static std::optional<std::uint64_t> Negative(const llvm::SCEV* value) {
    const auto* constant = llvm::dyn_cast<llvm::SCEVConstant>(value);
    if (constant == nullptr || !constant->getAPInt().isNegative()) return std::nullopt;
    return (-constant->getAPInt()).getZExtValue();
  }

  // Of `value` over all iterations of the loop and of those inside of it.
  std::optional<Bounds> BoundsOf(const llvm::SCEV* value, int depth = 0) {
    constexpr int kMaximumDepth = 8;
    if (depth > kMaximumDepth || !value->getType()->isIntegerTy() ||
        evolution_.getTypeSizeInBits(value->getType()) > 64) {
      return std::nullopt;
    }
    if (evolution_.isLoopInvariant(value, &loop_)) {
      llvm::Value* only = Part(value);
      return Bounds{only, only};
    }
    if (const auto* recurrence = llvm::dyn_cast<llvm::SCEVAddRecExpr>(value))
      return BoundsOfRecurrence(recurrence, depth);
    if (const auto* sum = llvm::dyn_cast<llvm::SCEVAddExpr>(value)) return BoundsOfSum(sum, depth);
    if (const auto* product = llvm::dyn_cast<llvm::SCEVMulExpr>(value))
      return BoundsOfProduct(product, depth);
    if (const auto* quotient = llvm::dyn_cast<llvm::SCEVUDivExpr>(value))
      return BoundsOfQuotient(quotient, depth);
    if (const auto* extension = llvm::dyn_cast<llvm::SCEVZeroExtendExpr>(value))
      return Contained(BoundsOf(extension->getOperand(), depth + 1), extension->getOperand());
    if (const auto* unknown = llvm::dyn_cast<llvm::SCEVUnknown>(value)) {
      if (auto* phi = llvm::dyn_cast<llvm::PHINode>(unknown->getValue()))
        return BoundsOfPhi(*phi, depth);
    }
    return std::nullopt;
  }

  // Adds to wraps_ whether the bounds leave the type of `value`.
  std::optional<Bounds> Contained(std::optional<Bounds> bounds, const llvm::SCEV* value) {
    const std::uint64_t bits = evolution_.getTypeSizeInBits(value->getType());
    if (bounds.has_value() && bits < 64 && purpose_ == Purpose::kCode) {
      wraps_ = builder_.CreateOr(
          wraps_, builder_.CreateICmpUGT(bounds->largest, Number((1ULL << bits) - 1)));
    }
    return bounds;
  }

  // What changes by a fixed step in one of the loops.
  std::optional<Bounds> BoundsOfRecurrence(const llvm::SCEVAddRecExpr* recurrence, int depth) {
    if (!recurrence->isAffine() || !loop_.contains(recurrence->getLoop())) return std::nullopt;
    const llvm::SCEV* step = recurrence->getOperand(1);
    if (!evolution_.isLoopInvariant(step, &loop_)) return std::nullopt;
    std::optional<Bounds> bounds = BoundsOf(recurrence->getStart(), depth + 1);
    if (!bounds.has_value() || purpose_ == Purpose::kForm) return bounds;
    const llvm::SCEV* iterations =
        evolution_.getSymbolicMaxBackedgeTakenCount(recurrence->getLoop());
    if (llvm::isa<llvm::SCEVCouldNotCompute>(iterations)) return std::nullopt;
    const llvm::Loop* const outer_counted = counted_;
    counted_ = recurrence->getLoop();
    const std::optional<Bounds> count = BoundsOf(iterations, depth + 1);
    counted_ = outer_counted;
    if (!count.has_value()) return std::nullopt;
    if (const auto magnitude = Negative(step)) {
      bounds->smallest = Subtract(bounds->smallest, Multiply(count->largest, Number(*magnitude)));
    } else {
      // A step that is not constant is taken for a positive one; if it is not, the test fails.
      bounds->largest = Add(bounds->largest, Multiply(count->largest, Part(step)));
    }
    return bounds;
  }

  std::optional<Bounds> BoundsOfSum(const llvm::SCEVAddExpr* sum, int depth) {
    Bounds total{Number(0), Number(0)};
    std::uint64_t less = 0;
    for (const llvm::SCEV* operand : sum->operands()) {
      if (const auto magnitude = Negative(operand)) {
        less += *magnitude;  // there is at most one constant
        continue;
      }
      const std::optional<Bounds> bounds = BoundsOf(operand, depth + 1);
      if (!bounds.has_value()) return std::nullopt;
      total = {Add(total.smallest, bounds->smallest), Add(total.largest, bounds->largest)};
    }
    if (less == 0) return total;
    if (counted_ != nullptr) {
      // Where the loop would not be entered, how often it would run does not matter.
      const llvm::SCEV* positive = evolution_.getAddExpr(
          const_cast<llvm::SCEVAddExpr*>(sum), evolution_.getConstant(sum->getType(), less));
      const llvm::SCEV* entered = evolution_.applyLoopGuards(positive, counted_);
      if (evolution_.getUnsignedRangeMin(entered).uge(less)) {
        const auto subtract = [&](llvm::Value* value) {
          return builder_.CreateBinaryIntrinsic(llvm::Intrinsic::usub_sat, value, Number(less));
        };
        return Bounds{subtract(total.smallest), subtract(total.largest)};
      }
    }
    return Bounds{Subtract(total.smallest, Number(less)), Subtract(total.largest, Number(less))};
  }

  std::optional<Bounds> BoundsOfProduct(const llvm::SCEVMulExpr* product, int depth) {
    Bounds total{Number(1), Number(1)};
    for (const llvm::SCEV* operand : product->operands()) {
      if (Negative(operand).has_value()) return std::nullopt;
      const std::optional<Bounds> bounds = BoundsOf(operand, depth + 1);
      if (!bounds.has_value()) return std::nullopt;
      total = {Multiply(total.smallest, bounds->smallest),
               Multiply(total.largest, bounds->largest)};
    }
    return total;
  }

  std::optional<Bounds> BoundsOfQuotient(const llvm::SCEVUDivExpr* quotient, int depth) {
    const auto* divisor = llvm::dyn_cast<llvm::SCEVConstant>(quotient->getRHS());
    if (divisor == nullptr || divisor->isZero()) return std::nullopt;
    const std::optional<Bounds> bounds =
        Contained(BoundsOf(quotient->getLHS(), depth + 1), quotient->getLHS());
    if (!bounds.has_value()) return std::nullopt;
    llvm::Value* by = Number(divisor->getAPInt().getZExtValue());
    return Bounds{builder_.CreateUDiv(bounds->smallest, by),
                  builder_.CreateUDiv(bounds->largest, by)};
  }

  // Behind an unrolled loop, for what is left: the iterations that loop has made, or none.
  std::optional<Bounds> BoundsOfPhi(llvm::PHINode& phi, int depth) {
    const llvm::Loop* scope = loops_.getLoopFor(phi.getParent());
    if (scope == nullptr || scope->getHeader() == phi.getParent()) return std::nullopt;
    std::optional<Bounds> all;
    for (llvm::Value* incoming : phi.incoming_values()) {
      const llvm::SCEV* value = evolution_.getSCEVAtScope(evolution_.getSCEV(incoming), scope);
      const std::optional<Bounds> bounds = BoundsOf(value, depth + 1);
      if (!bounds.has_value()) return std::nullopt;
      all = all.has_value() ? Bounds{builder_.CreateBinaryIntrinsic(
                                         llvm::Intrinsic::umin, all->smallest, bounds->smallest),
                                     builder_.CreateBinaryIntrinsic(llvm::Intrinsic::umax,
                                                                    all->largest, bounds->largest)}
                            : bounds;
    }
    return all;
  }

  llvm::Value* Passes(const Check& check) {
    if (check.index == nullptr)
      return purpose_ == Purpose::kCode ? builder_.CreateNot(check.condition) : builder_.getTrue();
    wraps_ = builder_.getFalse();
    const llvm::SCEV* index = evolution_.getSCEV(check.index);
    const std::optional<Bounds> bounds = Contained(BoundsOf(index), index);
    if (!bounds.has_value()) return nullptr;
    if (purpose_ != Purpose::kCode) return builder_.getTrue();
    llvm::Value* largest = bounds->largest;
    if (check.reach != 0) largest = Add(largest, Number(check.reach));
    llvm::Value* limit = builder_.CreateZExt(check.limit, builder_.getInt64Ty());
    llvm::Value* inside = check.traps_at_limit ? builder_.CreateICmpULT(largest, limit)
                                               : builder_.CreateICmpULE(largest, limit);
    return builder_.CreateAnd(inside, builder_.CreateNot(wraps_));
  }

  llvm::Value* Test(const std::vector<Check>& checks) {
    llvm::Value* fine = builder_.getTrue();
    for (const Check& check : checks) {
      llvm::Value* passes = Passes(check);
      if (passes == nullptr) return nullptr;
      if (purpose_ == Purpose::kCode) fine = builder_.CreateAnd(fine, passes);
    }
    return fine;
  }

  llvm::Loop& loop_;
  llvm::Instruction* at_;
  const llvm::LoopInfo& loops_;
  llvm::ScalarEvolution& evolution_;
  llvm::SCEVExpander expander_;
  llvm::IRBuilder<> builder_;
  Purpose purpose_ = Purpose::kForm;
  llvm::Value* wraps_ = nullptr;
  const llvm::Loop* counted_ = nullptr;  // whose iterations are being bounded
  llvm::SmallVector<const llvm::SCEV*, 8> parts_;
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

// What LLVM has derived while the checks were there ("this cannot wrap, or a check would have
// trapped") must not decide how often a loop without them runs. Flags of addresses stay: they are
// lowering's, and hold for every access that the test lets happen.
void ForgetWhatChecksGave(const llvm::Loop& loop) {
  for (llvm::BasicBlock* block : loop.blocks()) {
    for (llvm::Instruction& instruction : *block) {
      if (llvm::isa<llvm::GetElementPtrInst>(instruction)) continue;
      instruction.dropPoisonGeneratingFlags();
      instruction.dropPoisonGeneratingMetadata();
    }
  }
}

class CheckHoisting {
 public:
  CheckHoisting(llvm::Function& function, llvm::FunctionAnalysisManager& analyses)
      : loops_(analyses.getResult<llvm::LoopAnalysis>(function)),
        dominators_(analyses.getResult<llvm::DominatorTreeAnalysis>(function)),
        evolution_(analyses.getResult<llvm::ScalarEvolutionAnalysis>(function)),
        library_(analyses.getResult<llvm::TargetLibraryAnalysis>(function)),
        assumptions_(analyses.getResult<llvm::AssumptionAnalysis>(function)),
        costs_(analyses.getResult<llvm::TargetIRAnalysis>(function)) {}

  bool Run(llvm::Function& function) {
    const std::vector<llvm::Loop*> outermost(loops_.begin(), loops_.end());
    bool changed = false;
    for (llvm::Loop* loop : outermost) changed |= Visit(function, *loop);
    return changed;
  }

 private:
  // The outermost loops for which it can be done: there the tests cost least.
  bool Visit(llvm::Function& function, llvm::Loop& loop) {
    llvm::Loop* unchanged = &loop;
    bool changed = Version(function, loop, &unchanged);
    if (unchanged == nullptr) return true;
    const std::vector<llvm::Loop*> inner(unchanged->begin(), unchanged->end());
    for (llvm::Loop* each : inner) changed |= Visit(function, *each);
    return changed;
  }

  // `unchanged` becomes null if it is done, else the loop that still has its checks and runs.
  bool Version(llvm::Function& function, llvm::Loop& loop, llvm::Loop** unchanged) {
    if (!loop.isLoopSimplifyForm()) return false;
    std::size_t instructions = 0;
    for (llvm::BasicBlock* block : loop.blocks()) instructions += block->size();
    LoopChecks checks(loop);
    if (instructions > kMaximumInstructions || !checks.Find()) return false;
    if (!TestBuilder(loop, loop.getLoopPreheader()->getTerminator(), loops_, evolution_)
             .IsPromising(checks.checks())) {
      return false;
    }
    llvm::formLCSSARecursively(loop, dominators_, &loops_, &evolution_);
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
    ForgetWhatChecksGave(loop);
    llvm::Instruction* old_branch = test->getTerminator();
    auto* const branch = llvm::BranchInst::Create(preheader, checked->getLoopPreheader(),
                                                  llvm::ConstantInt::getFalse(test->getContext()),
                                                  old_branch->getIterator());
    old_branch->eraseFromParent();
    dominators_.recalculate(function);
    evolution_.forgetAllLoops();

    // Analysed afresh: what is known of a recurrence outlives the instructions that it was read
    // from.
    llvm::ScalarEvolution afresh(function, library_, assumptions_, dominators_, loops_);
    TestBuilder builder(loop, branch, loops_, afresh);
    *unchanged = checked;
    if (llvm::Value* passes = builder.Build(checks.checks(), costs_)) {
      *unchanged = nullptr;
      branch->setCondition(passes);
      MarkSecondSuccessorUnlikely(*branch);
      for (llvm::Loop* each : checked->getLoopsInPreorder()) each->setLoopAlreadyUnrolled();
    }
    return true;
  }

  llvm::LoopInfo& loops_;
  llvm::DominatorTree& dominators_;
  llvm::ScalarEvolution& evolution_;
  llvm::TargetLibraryInfo& library_;
  llvm::AssumptionCache& assumptions_;
  const llvm::TargetTransformInfo& costs_;
};

}  // namespace

llvm::PreservedAnalyses HoistChecksPass::run(llvm::Function& function,
                                             llvm::FunctionAnalysisManager& analyses) {
  CheckHoisting hoisting(function, analyses);
  return hoisting.Run(function) ? llvm::PreservedAnalyses::none() : llvm::PreservedAnalyses::all();
}

}  // namespace tenon::compiler
