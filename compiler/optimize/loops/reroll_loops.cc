// Compilers unroll small loops before they write WebAssembly (by two in clang's matrix products, by
// five in its scalings), and LLVM's vectoriser wants the loop that the programmer wrote: an
// unrolled body of eight-byte accesses is a strided loop to it. This pass finds loops whose one
// block is K copies of an iteration, and keeps the first copy.
//
// Two values correspond, as v in copy 0 and w in copy j, if they are affine in the loop and w is v
// moved on by j/K of a step, or do the same operation on corresponding operands. A value that one
// copy hands to the next (a sum) is what stands for the phi there. All stores correspond in
// program order; each load must lie between the same stores as it will in the rolled loop, so no
// alias analysis is needed.
#include "compiler/optimize/loops/reroll_loops.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/DenseSet.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/Transforms/Utils/Local.h>

#include <algorithm>
#include <vector>

#include "compiler/ir/conventions.h"
#include "compiler/optimize/loops/known_multiples.h"

namespace tenon::compiler {

namespace {

constexpr unsigned kMaximumCopies = 16;
constexpr std::size_t kMaximumInstructions = 1000;

// A value of copy 0 and what corresponds to it in one copy.
using Correspondence = llvm::DenseMap<llvm::Value*, llvm::Value*>;

struct InductionVariable {
  llvm::PHINode* phi;
  llvm::APInt step;
};

// A phi that is not affine: a sum, a product, a value kept from the iteration before.
struct CarriedValue {
  llvm::PHINode* phi;
  std::vector<llvm::Value*> after;  // what stands for it after each copy; null: not known yet
};

class Rerolling {
 public:
  Rerolling(llvm::Loop& loop, const llvm::LoopInfo& loops, llvm::ScalarEvolution& evolution)
      : loop_(loop), loops_(loops), evolution_(evolution), body_(loop.getHeader()) {}

  bool Run() {
    if (!IsCandidate() || !IsWorthwhile()) return false;
    for (copies_ = kMaximumCopies; copies_ >= 2; --copies_) {
      if (!StepsDivide() || stores_.size() % copies_ != 0 || !ExitStaysExact()) continue;
      if (!MatchCopies() || !MemoryOrderHolds() || !MapLiveOuts()) continue;
      Rewrite();
      return true;
    }
    return false;
  }

 private:
  bool IsCandidate() {
    if (loop_.getNumBlocks() != 1 || loop_.getLoopPreheader() == nullptr) return false;
    auto* branch = llvm::dyn_cast<llvm::BranchInst>(body_->getTerminator());
    if (branch == nullptr || !branch->isConditional()) return false;
    exit_ = llvm::dyn_cast<llvm::ICmpInst>(branch->getCondition());
    if (exit_ == nullptr || !exit_->isEquality() || !exit_->hasOneUse()) return false;
    if (loop_.isLoopInvariant(exit_->getOperand(0))) exit_->swapOperands();
    if (!loop_.isLoopInvariant(exit_->getOperand(1)) || body_->size() > kMaximumInstructions) {
      return false;
    }
    // Going on while two values are equal is no counting.
    if ((exit_->getPredicate() == llvm::ICmpInst::ICMP_NE) != (branch->getSuccessor(0) == body_)) {
      return false;
    }
    unsigned position = 0;
    for (llvm::Instruction& instruction : *body_) {
      position_[&instruction] = position++;
      if (auto* phi = llvm::dyn_cast<llvm::PHINode>(&instruction)) {
        AddPhi(phi);
      } else if (auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction)) {
        if (!store->isSimple()) return false;
        stores_.push_back(store);
      } else if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction)) {
        if (load->isAtomic()) return false;
      } else if (&instruction != branch && instruction.mayReadOrWriteMemory()) {
        return false;
      }
    }
    return FindExitVariable() && !(stores_.empty() && carried_.empty());
  }

  // The vectoriser takes it from here. Where the count is not known, loops that calculate with
  // floating-point numbers or vectors tend to be long, and others short, with nothing to win back.
  bool IsWorthwhile() const {
    return llvm::isa<llvm::SCEVConstant>(evolution_.getBackedgeTakenCount(&loop_)) ||
           llvm::any_of(*body_, [](const llvm::Instruction& instruction) {
             const llvm::Type* type = instruction.getType();
             return type->isVectorTy() || (instruction.isBinaryOp() && type->isFloatingPointTy());
           });
  }

  void AddPhi(llvm::PHINode* phi) {
    if (evolution_.isSCEVable(phi->getType())) {
      const llvm::APInt* step = AffineStep(evolution_.getSCEV(phi));
      if (step != nullptr) {
        induction_.push_back({phi, *step});
        return;
      }
    }
    carried_.push_back({phi, {}});
  }

  // The constant step of an expression that is affine in this loop, or null.
  const llvm::APInt* AffineStep(const llvm::SCEV* expression) const {
    const auto* recurrence = llvm::dyn_cast<llvm::SCEVAddRecExpr>(expression);
    if (recurrence == nullptr || recurrence->getLoop() != &loop_ || !recurrence->isAffine() ||
        !recurrence->getType()->isIntegerTy()) {
      return nullptr;
    }
    const auto* step = llvm::dyn_cast<llvm::SCEVConstant>(recurrence->getOperand(1));
    return step == nullptr ? nullptr : &step->getAPInt();
  }

  llvm::Value* LatchValue(llvm::PHINode* phi) const { return phi->getIncomingValueForBlock(body_); }

  // The exit must compare the next value of an induction variable.
  bool FindExitVariable() {
    for (const InductionVariable& variable : induction_) {
      if (LatchValue(variable.phi) == exit_->getOperand(0)) {
        exit_variable_ = &variable;
        return true;
      }
    }
    return false;
  }

  llvm::APInt Part(const llvm::APInt& step) const {
    return step.sdiv(llvm::APInt(step.getBitWidth(), copies_));
  }
  bool Divides(const llvm::APInt& step) const {
    return step.srem(llvm::APInt(step.getBitWidth(), copies_)).isZero();
  }
  bool StepsDivide() const {
    return std::all_of(induction_.begin(), induction_.end(), [this](const InductionVariable& v) {
      return v.step.getBitWidth() > 8 && Divides(v.step);
    });
  }

  // The smaller step must meet the limit where the larger one does, which must be proved to: a loop
  // that never meets it runs until it traps, or for ever. If the step is a power of two and divides
  // the distance, both first meet the limit before the values come round again. Other steps divide
  // a known distance, and are not taken so far that the variable wraps.
  bool ExitStaysExact() const {
    const auto* variable =
        llvm::cast<llvm::SCEVAddRecExpr>(evolution_.getSCEV(exit_variable_->phi));
    const llvm::SCEV* limit = evolution_.getSCEV(exit_->getOperand(1));
    const bool counts_down = exit_variable_->step.isNegative();
    const llvm::SCEV* distance = counts_down ? evolution_.getMinusSCEV(variable->getStart(), limit)
                                             : evolution_.getMinusSCEV(limit, variable->getStart());
    const llvm::APInt magnitude = exit_variable_->step.abs();
    if (magnitude.isPowerOf2()) {
      return IsKnownMultiple(distance, magnitude.logBase2(), *loop_.getLoopPreheader(), loops_,
                             evolution_);
    }
    const auto* known = llvm::dyn_cast<llvm::SCEVConstant>(distance);
    return known != nullptr && !known->isZero() && known->getAPInt().urem(magnitude).isZero();
  }

  bool MatchCopies() {
    correspondence_.assign(copies_, Correspondence());
    for (CarriedValue& carried : carried_) {
      carried.after.assign(copies_, nullptr);
      carried.after.back() = LatchValue(carried.phi);
      SplitChain(carried);
    }
    const std::size_t stores = stores_.size() / copies_;
    for (unsigned copy = 1; copy < copies_; ++copy) {
      for (std::size_t i = 0; i < stores; ++i) {
        if (!Corresponds(stores_[i], stores_[copy * stores + i], copy)) return false;
      }
    }
    for (const CarriedValue& carried : carried_) {
      for (unsigned copy = 0; copy < copies_; ++copy) {
        if (carried.after[copy] == nullptr ||
            (copy > 0 && !Corresponds(carried.after[0], carried.after[copy], copy))) {
          return false;
        }
      }
    }
    return true;
  }

  // A sum that is only handed on, as (phi + x0) + x1, is split into equal parts.
  void SplitChain(CarriedValue& carried) const {
    std::vector<llvm::Value*> chain;
    auto* operation = llvm::dyn_cast<llvm::BinaryOperator>(carried.after.back());
    if (operation == nullptr) return;
    const auto opcode = operation->getOpcode();
    llvm::Value* at = operation;
    while (at != carried.phi) {
      operation = llvm::dyn_cast<llvm::BinaryOperator>(at);
      if (operation == nullptr || operation->getOpcode() != opcode || !loop_.contains(operation))
        return;
      chain.push_back(operation);
      llvm::Value* left = operation->getOperand(0);
      llvm::Value* right = operation->getOperand(1);
      const auto continues = [&](llvm::Value* value) {
        if (value == carried.phi) return true;
        const auto* next = llvm::dyn_cast<llvm::BinaryOperator>(value);
        return next != nullptr && next->getOpcode() == opcode && loop_.contains(next);
      };
      if (continues(left) == continues(right)) return;
      at = continues(left) ? left : right;
    }
    if (chain.size() % copies_ != 0) return;
    std::reverse(chain.begin(), chain.end());
    const std::size_t part = chain.size() / copies_;
    for (unsigned copy = 0; copy < copies_; ++copy)
      carried.after[copy] = chain[(copy + 1) * part - 1];
  }

  // Whether `value` does in copy `copy` what `first` does in copy 0.
  bool Corresponds(llvm::Value* first, llvm::Value* value, unsigned copy) {
    if (first->getType() != value->getType()) return false;
    auto* instruction = llvm::dyn_cast<llvm::Instruction>(first);
    if (instruction == nullptr || !loop_.contains(instruction)) return first == value;
    Correspondence& known = correspondence_[copy];
    if (const auto found = known.find(first); found != known.end()) return found->second == value;
    for (CarriedValue& carried : carried_) {
      if (carried.phi != first) continue;
      llvm::Value*& handed_on = carried.after[copy - 1];
      if (handed_on == nullptr) handed_on = value;
      return handed_on == value;
    }
    if (IsMovedOn(first, value, copy) || SameOperation(instruction, value, copy)) {
      known[first] = value;
      return true;
    }
    return false;
  }

  bool IsMovedOn(llvm::Value* first, llvm::Value* value, unsigned copy) {
    if (!first->getType()->isIntegerTy()) return false;
    const llvm::SCEV* from = evolution_.getSCEV(first);
    const llvm::SCEV* to = evolution_.getSCEV(value);
    if (evolution_.isLoopInvariant(from, &loop_)) return from == to;
    const llvm::APInt* step = AffineStep(from);
    if (step == nullptr || !Divides(*step)) return false;
    const llvm::APInt distance = Part(*step) * llvm::APInt(step->getBitWidth(), copy);
    return evolution_.getMinusSCEV(to, from) == evolution_.getConstant(distance);
  }

  bool SameOperation(llvm::Instruction* first, llvm::Value* value, unsigned copy) {
    auto* other = llvm::dyn_cast<llvm::Instruction>(value);
    if (other == nullptr || !loop_.contains(other) || llvm::isa<llvm::PHINode>(first)) return false;
    const bool are_loads = llvm::isa<llvm::LoadInst>(first) && llvm::isa<llvm::LoadInst>(other);
    if (!are_loads &&
        !first->isSameOperationAs(other, llvm::Instruction::CompareIgnoringAlignment)) {
      return false;
    }
    if (first->isCommutative()) {
      const Correspondence before = correspondence_[copy];
      if (OperandsCorrespond(first, other, copy, false)) return true;
      correspondence_[copy] = before;
      return OperandsCorrespond(first, other, copy, true);
    }
    return OperandsCorrespond(first, other, copy, false);
  }

  bool OperandsCorrespond(llvm::Instruction* first, llvm::Instruction* other, unsigned copy,
                          bool swapped) {
    for (unsigned i = 0; i < first->getNumOperands(); ++i) {
      const unsigned j = swapped && i < 2 ? 1 - i : i;
      if (!Corresponds(first->getOperand(i), other->getOperand(j), copy)) return false;
    }
    return true;
  }

  // In the rolled loop copy j's accesses come after all stores of the copies before and before
  // those of the copies behind it; that must be so already.
  bool MemoryOrderHolds() const {
    const std::size_t stores = stores_.size() / copies_;
    if (stores == 0) return true;
    for (unsigned copy = 0; copy < copies_; ++copy) {
      for (const auto& [first, value] : correspondence_[copy == 0 ? 1 : copy]) {
        auto* load = llvm::dyn_cast<llvm::LoadInst>(first);
        if (load == nullptr) continue;
        const unsigned in_first = position_.lookup(load);
        const unsigned at =
            copy == 0 ? in_first : position_.lookup(llvm::cast<llvm::Instruction>(value));
        for (std::size_t i = 0; i < stores_.size(); ++i) {
          const bool is_before = position_.lookup(stores_[i]) < at;
          const std::size_t of_copy = i / stores;
          const bool should_be =
              of_copy != copy ? of_copy < copy : position_.lookup(stores_[i % stores]) < in_first;
          if (is_before != should_be) return false;
        }
      }
    }
    return true;
  }

  // What is used behind the loop must be what the last copy leaves.
  bool MapLiveOuts() {
    live_outs_.clear();
    Correspondence from_last;
    for (const auto& [first, value] : correspondence_.back()) from_last[value] = first;
    for (llvm::Instruction& instruction : *body_) {
      const bool is_live_out = llvm::any_of(instruction.users(), [&](llvm::User* user) {
        return !loop_.contains(llvm::cast<llvm::Instruction>(user));
      });
      if (!is_live_out) continue;
      if (std::any_of(induction_.begin(), induction_.end(), [&](const InductionVariable& v) {
            return LatchValue(v.phi) == &instruction;
          })) {
        continue;  // gets the new next value
      }
      const auto found = from_last.find(&instruction);
      if (found == from_last.end()) return false;
      live_outs_.push_back({&instruction, found->second});
    }
    return true;
  }

  static void ReplaceOutside(const llvm::Loop& loop, llvm::Instruction* from, llvm::Value* to) {
    from->replaceUsesWithIf(to, [&](llvm::Use& use) {
      return !loop.contains(llvm::cast<llvm::Instruction>(use.getUser()));
    });
  }

  void Rewrite() {
    llvm::Instruction* branch = body_->getTerminator();
    llvm::SmallVector<llvm::WeakTrackingVH, 16> maybe_dead;
    const auto may_be_dead = [&](llvm::Value* value) {
      if (llvm::isa<llvm::Instruction>(value)) maybe_dead.emplace_back(value);
    };
    for (const auto& [from, to] : live_outs_) ReplaceOutside(loop_, from, to);
    for (const InductionVariable& variable : induction_) {
      auto* old_next = llvm::cast<llvm::Instruction>(LatchValue(variable.phi));
      // No flags: what the larger step proved does not hold for values in between.
      auto* next = llvm::BinaryOperator::CreateAdd(
          variable.phi, llvm::ConstantInt::get(variable.phi->getType(), Part(variable.step)), "",
          exit_->getIterator());
      variable.phi->setIncomingValueForBlock(body_, next);
      ReplaceOutside(loop_, old_next, next);
      if (&variable == exit_variable_) exit_->setOperand(0, next);
      may_be_dead(old_next);
    }
    for (const CarriedValue& carried : carried_) {
      llvm::Value* old_latch = LatchValue(carried.phi);
      carried.phi->setIncomingValueForBlock(body_, carried.after[0]);
      may_be_dead(old_latch);
    }
    const std::size_t stores = stores_.size() / copies_;
    for (std::size_t i = stores; i < stores_.size(); ++i) {
      may_be_dead(stores_[i]->getValueOperand());
      may_be_dead(stores_[i]->getPointerOperand());
      stores_[i]->eraseFromParent();
    }
    exit_->moveBefore(branch->getIterator());
    llvm::RecursivelyDeleteTriviallyDeadInstructionsPermissive(maybe_dead);
    for (llvm::Instruction& instruction : llvm::make_early_inc_range(*body_))
      DropFlags(instruction);
    evolution_.forgetLoop(&loop_);
  }

  // What held for the first copy alone may not hold for all. Where operands had no bits in common
  // scalar evolution took their union for a sum, and a sum it is.
  static void DropFlags(llvm::Instruction& instruction) {
    if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction))
      load->setAlignment(llvm::Align(1));
    if (!instruction.getType()->isIntegerTy()) return;
    const auto* disjoint = llvm::dyn_cast<llvm::PossiblyDisjointInst>(&instruction);
    if (disjoint == nullptr || !disjoint->isDisjoint()) {
      instruction.dropPoisonGeneratingFlags();
      return;
    }
    llvm::IRBuilder<> builder(&instruction);
    instruction.replaceAllUsesWith(
        builder.CreateAdd(instruction.getOperand(0), instruction.getOperand(1)));
    instruction.eraseFromParent();
  }

  llvm::Loop& loop_;
  const llvm::LoopInfo& loops_;
  llvm::ScalarEvolution& evolution_;
  llvm::BasicBlock* body_;
  llvm::ICmpInst* exit_ = nullptr;
  const InductionVariable* exit_variable_ = nullptr;
  std::vector<InductionVariable> induction_;
  std::vector<CarriedValue> carried_;
  std::vector<llvm::StoreInst*> stores_;
  llvm::DenseMap<const llvm::Instruction*, unsigned> position_;

  // Of the attempt at hand.
  unsigned copies_ = 0;
  std::vector<Correspondence> correspondence_;  // by copy; 0 is not used
  std::vector<std::pair<llvm::Instruction*, llvm::Value*>> live_outs_;
};

}  // namespace

llvm::PreservedAnalyses RerollLoopsPass::run(llvm::Function& function,
                                             llvm::FunctionAnalysisManager& analyses) {
  auto& evolution = analyses.getResult<llvm::ScalarEvolutionAnalysis>(function);
  const llvm::LoopInfo& loops = analyses.getResult<llvm::LoopAnalysis>(function);
  for (llvm::Loop* loop : loops.getLoopsInPreorder()) {
    if (loop->isInnermost()) Rerolling(*loop, loops, evolution).Run();
  }
  return llvm::PreservedAnalyses::none();
}

}  // namespace tenon::compiler
