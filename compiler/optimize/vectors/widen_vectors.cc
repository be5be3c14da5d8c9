// WebAssembly's vectors have 128 bits, whatever the processor has. A loop that goes through memory
// vector by vector and does to each what it does to every other can do two or four of them as one.
//
// The loop itself stays as it is. Before it stands the question whether there are enough iterations
// and whether what they store keeps clear of all else that they access; if so a wide copy goes
// first:
//
//   before: enough?       --no--> rest
//              | yes
//   check:  ranges apart? --no--> rest
//              | yes
//   wide:   several iterations at once, as long as more than those are left
//              |
//   end:    sums of the parts brought together
//              |
//   rest:   the loop as it was, for one iteration at least: what is used after it comes from there
//
// Loops with traps in them are not taken.
#include "compiler/optimize/vectors/widen_vectors.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/Support/MathExtras.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/LoopUtils.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

#include "compiler/ir/conventions.h"
#include "compiler/optimize/vectors/access_ranges.h"
#include "compiler/optimize/vectors/vector_loop_plan.h"

namespace tenon::compiler {

namespace {

// After each loop a function is analysed anew.
constexpr unsigned kMostInFunction = 100;
constexpr unsigned kVectorBits = 128;

using Order = VectorReduction::Order;

unsigned LanesOf(const llvm::Value* value) {
  return llvm::cast<llvm::FixedVectorType>(value->getType())->getNumElements();
}

// The vector of one iteration.
llvm::Value* PartOf(llvm::IRBuilder<>& builder, llvm::Value* wide, unsigned part, unsigned lanes) {
  llvm::SmallVector<int, 16> mask;
  for (unsigned lane = 0; lane < lanes; ++lane)
    mask.push_back(static_cast<int>(part * lanes + lane));
  return builder.CreateShuffleVector(wide, mask);
}

// All accesses of a class over all iterations of the loop, as one access that moves in it.
std::vector<AddressClass> OverWholeLoop(llvm::ArrayRef<AddressClass> classes,
                                        const llvm::Loop& loop, llvm::ScalarEvolution& evolution) {
  std::vector<AddressClass> whole(classes.begin(), classes.end());
  for (AddressClass& address : whole) {
    const llvm::SCEV* step = evolution.getConstant(
        address.start->getType(), static_cast<std::uint64_t>(address.stride), /*isSigned=*/true);
    if (address.stride != 0)
      address.inner.push_back({&loop, step, evolution.getBackedgeTakenCount(&loop)});
    address.stride = 0;
  }
  return whole;
}

// The copy of the loop's body that does all iterations of a group.
class WideBody {
 public:
  // The block is empty. All must outlive the body.
  WideBody(llvm::BasicBlock& block, const VectorLoopPlan& plan,
           const llvm::MCSubtargetInfo& processor)
      : plan_(plan),
        processor_(processor),
        builder_(&block),
        scopes_(plan.classes, block.getContext()) {}

  void AddPhi(llvm::PHINode* phi, llvm::PHINode* copy) {
    const bool is_wide = plan_.ReductionOf(phi) != nullptr && InOrder(*phi) == nullptr;
    (is_wide ? wide_ : copies_)[phi] = copy;
  }

  void Copy() {
    for (llvm::Instruction* instruction : plan_.needed) {
      if (auto* store = llvm::dyn_cast<llvm::StoreInst>(instruction)) {
        scopes_.Tell(*store, *builder_.CreateAlignedStore(Wide(store->getValueOperand()),
                                                          Same(store->getPointerOperand()),
                                                          store->getAlign()));
      } else if (!plan_.shapes.Of(instruction).is_varying()) {
        copies_[instruction] = CopyOf(*instruction);
      } else if (const VectorReduction* reduction = InOrder(*instruction)) {
        copies_[instruction] = OneByOne(*reduction);
      } else {
        wide_[instruction] = WideOf(*instruction);
      }
    }
  }

  // The value of all iterations, one behind the other.
  llvm::Value* Wide(llvm::Value* value) {
    if (llvm::Value* wide = wide_.lookup(value)) return wide;
    llvm::Value* same = Same(value);
    if (!value->getType()->isVectorTy()) return same;
    llvm::SmallVector<int, 64> lanes;
    for (unsigned part = 0; part < plan_.group; ++part) {
      for (unsigned lane = 0; lane < LanesOf(value); ++lane)
        lanes.push_back(static_cast<int>(lane));
    }
    return builder_.CreateShuffleVector(same, lanes);
  }

  // What the phi of a reduction is for the next group.
  llvm::Value* Next(const VectorReduction& reduction) {
    return reduction.order == Order::kKept ? Same(reduction.operation) : Wide(reduction.operation);
  }

  llvm::IRBuilder<>& builder() { return builder_; }

 private:
  // The reduction that the phi or operation belongs to if it keeps its order, or null.
  const VectorReduction* InOrder(const llvm::Instruction& instruction) const {
    const VectorReduction* reduction = plan_.ReductionOf(&instruction);
    return reduction != nullptr && reduction->order == Order::kKept ? reduction : nullptr;
  }

  llvm::Value* OneByOne(const VectorReduction& reduction) {
    llvm::Instruction& operation = *reduction.operation;
    const unsigned side = operation.getOperand(0) == reduction.phi ? 0 : 1;
    llvm::Value* others = Wide(operation.getOperand(1 - side));
    llvm::Value* sum = Same(reduction.phi);
    for (unsigned part = 0; part < plan_.group; ++part) {
      llvm::Instruction* copy = operation.clone();
      copy->setOperand(side, sum);
      copy->setOperand(1 - side, PartOf(builder_, others, part, LanesOf(&operation)));
      sum = builder_.Insert(copy);
    }
    return sum;
  }

  // What is the same in all iterations, or what it is in the first.
  llvm::Value* Same(llvm::Value* value) {
    llvm::Value* copy = copies_.lookup(value);
    return copy != nullptr ? copy : value;
  }

  llvm::Instruction* CopyOf(llvm::Instruction& instruction) {
    llvm::Instruction* copy = instruction.clone();
    for (llvm::Use& operand : copy->operands()) operand.set(Same(operand.get()));
    builder_.Insert(copy);
    scopes_.Tell(instruction, *copy);
    return copy;
  }

  llvm::Type* WideType(llvm::Type* type) const {
    auto* vector = llvm::cast<llvm::FixedVectorType>(type);
    return llvm::FixedVectorType::get(vector->getElementType(),
                                      vector->getNumElements() * plan_.group);
  }

  llvm::Value* WideOf(llvm::Instruction& instruction) {
    if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction)) {
      llvm::LoadInst* wide = builder_.CreateAlignedLoad(
          WideType(load->getType()), Same(load->getPointerOperand()), load->getAlign());
      scopes_.Tell(*load, *wide);
      return wide;
    }
    llvm::Value* wide = WideOperation(instruction);
    // In another order sums may overflow that did not.
    auto* made = llvm::dyn_cast<llvm::Instruction>(wide);
    if (made != nullptr && plan_.ReductionOf(&instruction) == nullptr)
      made->copyIRFlags(&instruction);
    return wide;
  }

  llvm::Value* WideOperation(llvm::Instruction& instruction) {
    const auto operand = [&](unsigned i) { return Wide(instruction.getOperand(i)); };
    if (auto* binary = llvm::dyn_cast<llvm::BinaryOperator>(&instruction))
      return builder_.CreateBinOp(binary->getOpcode(), operand(0), operand(1));
    if (auto* unary = llvm::dyn_cast<llvm::UnaryOperator>(&instruction))
      return builder_.CreateUnOp(unary->getOpcode(), operand(0));
    if (auto* cast = llvm::dyn_cast<llvm::CastInst>(&instruction))
      return builder_.CreateCast(cast->getOpcode(), operand(0), WideType(cast->getType()));
    if (auto* compare = llvm::dyn_cast<llvm::CmpInst>(&instruction))
      return builder_.CreateCmp(compare->getPredicate(), operand(0), operand(1));
    if (llvm::isa<llvm::SelectInst>(instruction))
      return builder_.CreateSelect(operand(0), operand(1), operand(2));
    if (llvm::isa<llvm::FreezeInst>(instruction)) return builder_.CreateFreeze(operand(0));
    if (auto* shuffle = llvm::dyn_cast<llvm::ShuffleVectorInst>(&instruction))
      return WideShuffle(*shuffle);
    return WideIntrinsic(llvm::cast<llvm::IntrinsicInst>(instruction));
  }

  // The same choice in each part.
  llvm::Value* WideShuffle(llvm::ShuffleVectorInst& shuffle) {
    const auto lanes = static_cast<int>(LanesOf(shuffle.getOperand(0)));
    const auto group = static_cast<int>(plan_.group);
    llvm::SmallVector<int, 64> mask;
    for (int part = 0; part < group; ++part) {
      for (const int lane : shuffle.getShuffleMask()) {
        const int of_first = part * lanes + lane;
        mask.push_back(lane < 0 ? lane : lane < lanes ? of_first : of_first + (group - 1) * lanes);
      }
    }
    return builder_.CreateShuffleVector(Wide(shuffle.getOperand(0)), Wide(shuffle.getOperand(1)),
                                        mask);
  }

  llvm::Value* WideIntrinsic(llvm::IntrinsicInst& intrinsic) {
    std::vector<llvm::Value*> arguments;
    for (llvm::Value* argument : intrinsic.args()) arguments.push_back(Wide(argument));
    const llvm::Intrinsic::ID id = intrinsic.getIntrinsicID();
    const llvm::Intrinsic::ID of_target =
        WideTargetIntrinsic(id, plan_.group * kVectorBits, processor_);
    if (of_target != llvm::Intrinsic::not_intrinsic)
      return builder_.CreateIntrinsic(of_target, arguments);
    return builder_.CreateIntrinsic(WideType(intrinsic.getType()), id, arguments);
  }

  const VectorLoopPlan& plan_;
  const llvm::MCSubtargetInfo& processor_;
  llvm::IRBuilder<> builder_;
  AccessScopes scopes_;
  llvm::DenseMap<llvm::Value*, llvm::Value*> copies_;
  llvm::DenseMap<llvm::Value*, llvm::Value*> wide_;
};

// Puts the wide copy before the loop.
class Widening {
 public:
  Widening(llvm::Loop& loop, llvm::LoopInfo& loops, llvm::ScalarEvolution& evolution,
           llvm::DominatorTree& dominators, const VectorLoopPlan& plan,
           const llvm::MCSubtargetInfo& processor)
      : loop_(loop),
        loops_(loops),
        dominators_(dominators),
        plan_(plan),
        processor_(processor),
        back_edges_(evolution.getBackedgeTakenCount(&loop)),
        ranges_(OverWholeLoop(plan.classes, loop, evolution)),
        expander_(evolution, "wide"),
        body_(loop.getHeader()) {}

  bool IsPossible() {
    return expander_.isSafeToExpandAt(back_edges_, loop_.getLoopPreheader()->getTerminator()) &&
           CanEmitRangeChecks(ranges_, loop_, expander_);
  }

  // The block of the wide loop.
  llvm::BasicBlock* Run() {
    llvm::BasicBlock* before = loop_.getLoopPreheader();
    llvm::IRBuilder<> builder(before->getTerminator());
    llvm::Value* back_edges =
        builder.CreateZExt(builder.CreateFreeze(expander_.expandCodeFor(back_edges_, nullptr,
                                                                        before->getTerminator())),
                           builder.getInt64Ty());
    llvm::Value* groups = builder.CreateLShr(back_edges, llvm::Log2_32(plan_.group));
    llvm::BasicBlock* check = Split(before, "wide.check");
    builder.SetInsertPoint(check->getTerminator());
    llvm::Value* apart =
        EmitRangeChecks(ranges_, loop_, expander_, /*group=*/1, builder.getInt64(0), builder);
    llvm::BasicBlock* rest = Split(check, "rest");
    llvm::Function* function = body_->getParent();
    llvm::BasicBlock* wide =
        llvm::BasicBlock::Create(function->getContext(), "wide", function, rest);
    llvm::BasicBlock* end =
        llvm::BasicBlock::Create(function->getContext(), "wide.end", function, rest);
    EmitWide(*check, *wide, *end, *rest, groups);

    builder.SetInsertPoint(before->getTerminator());
    builder.CreateCondBr(builder.CreateICmpEQ(groups, builder.getInt64(0)), rest, check);
    before->getTerminator()->eraseFromParent();
    builder.SetInsertPoint(check->getTerminator());
    builder.CreateCondBr(apart, wide, rest);
    check->getTerminator()->eraseFromParent();
    Continue(*before, *check, *end, *rest);
    return wide;
  }

 private:
  llvm::BasicBlock* Split(llvm::BasicBlock* block, const char* name) {
    return llvm::SplitBlock(block, block->getTerminator(), &dominators_, &loops_, nullptr, name);
  }

  void EmitWide(llvm::BasicBlock& check, llvm::BasicBlock& wide, llvm::BasicBlock& end,
                llvm::BasicBlock& rest, llvm::Value* groups) {
    WideBody body(wide, plan_, processor_);
    llvm::IRBuilder<>& builder = body.builder();
    llvm::IRBuilder<> before(check.getTerminator());
    llvm::PHINode* left = builder.CreatePHI(builder.getInt64Ty(), 2);
    left->addIncoming(groups, &check);
    llvm::SmallVector<std::pair<llvm::PHINode*, llvm::PHINode*>, 4> phis;
    for (llvm::PHINode& phi : body_->phis()) {
      llvm::Value* start = phi.getIncomingValueForBlock(&rest);
      const VectorReduction* reduction = plan_.ReductionOf(&phi);
      if (reduction != nullptr) start = InitialParts(*reduction, start, before);
      llvm::PHINode* copy = builder.CreatePHI(start->getType(), 2);
      copy->addIncoming(start, &check);
      body.AddPhi(&phi, copy);
      phis.emplace_back(&phi, copy);
    }
    body.Copy();
    llvm::IRBuilder<> ending(&end);
    for (auto [phi, copy] : phis) {
      const VectorReduction* reduction = plan_.ReductionOf(phi);
      llvm::Value* next =
          reduction != nullptr ? body.Next(*reduction) : Moved(*phi, *copy, builder);
      copy->addIncoming(next, &wide);
      advanced_[phi] = reduction != nullptr ? Together(*reduction, next, ending) : next;
    }
    llvm::Value* remaining = builder.CreateSub(left, builder.getInt64(1));
    left->addIncoming(remaining, &wide);
    builder.CreateCondBr(builder.CreateICmpEQ(remaining, builder.getInt64(0)), &end, &wide);
    ending.CreateBr(&rest);
  }

  // The value of an even phi in the next group.
  llvm::Value* Moved(llvm::PHINode& phi, llvm::PHINode& copy, llvm::IRBuilder<>& builder) const {
    const std::int64_t by = plan_.shapes.Of(&phi).stride * plan_.group;
    return builder.CreateAdd(&copy,
                             llvm::ConstantInt::get(phi.getType(), static_cast<std::uint64_t>(by),
                                                    /*IsSigned=*/true, /*ImplicitTrunc=*/true));
  }

  llvm::Value* InitialParts(const VectorReduction& reduction, llvm::Value* start,
                            llvm::IRBuilder<>& builder) const {
    if (reduction.order == Order::kKept) return start;
    const auto lanes = static_cast<int>(LanesOf(start));
    llvm::SmallVector<int, 64> mask;
    for (int lane = 0; lane < lanes * static_cast<int>(plan_.group); ++lane)
      mask.push_back(reduction.order == Order::kAnyRepeated || lane < lanes ? lane % lanes : lanes);
    return builder.CreateShuffleVector(start, llvm::Constant::getNullValue(start->getType()), mask);
  }

  llvm::Value* Together(const VectorReduction& reduction, llvm::Value* next,
                        llvm::IRBuilder<>& builder) const {
    if (reduction.order == Order::kKept) return next;
    const unsigned lanes = LanesOf(reduction.phi);
    llvm::Value* sum = PartOf(builder, next, 0, lanes);
    for (unsigned part = 1; part < plan_.group; ++part) {
      llvm::Value* one = PartOf(builder, next, part, lanes);
      if (auto* binary = llvm::dyn_cast<llvm::BinaryOperator>(reduction.operation)) {
        sum = builder.CreateBinOp(binary->getOpcode(), sum, one);
      } else {
        sum = builder.CreateBinaryIntrinsic(
            llvm::cast<llvm::IntrinsicInst>(reduction.operation)->getIntrinsicID(), sum, one);
      }
    }
    return sum;
  }

  // Lets the loop begin where the wide copy ended.
  void Continue(llvm::BasicBlock& before, llvm::BasicBlock& check, llvm::BasicBlock& end,
                llvm::BasicBlock& rest) {
    llvm::IRBuilder<> builder(&rest, rest.begin());
    for (llvm::PHINode& phi : body_->phis()) {
      llvm::Value* start = phi.getIncomingValueForBlock(&rest);
      llvm::PHINode* from = builder.CreatePHI(phi.getType(), 3);
      from->addIncoming(start, &before);
      from->addIncoming(start, &check);
      from->addIncoming(advanced_.lookup(&phi), &end);
      phi.setIncomingValueForBlock(&rest, from);
    }
    // What is left are a few iterations.
    llvm::addStringMetadataToLoop(&loop_, "llvm.loop.unroll.disable");
  }

  llvm::Loop& loop_;
  llvm::LoopInfo& loops_;
  llvm::DominatorTree& dominators_;
  const VectorLoopPlan& plan_;
  const llvm::MCSubtargetInfo& processor_;
  const llvm::SCEV* back_edges_;
  std::vector<AddressClass> ranges_;
  llvm::SCEVExpander expander_;
  llvm::BasicBlock* body_;
  llvm::DenseMap<llvm::PHINode*, llvm::Value*> advanced_;
};

}  // namespace

llvm::PreservedAnalyses WidenVectorsPass::run(llvm::Function& function,
                                              llvm::FunctionAnalysisManager& analyses) {
  const llvm::MCSubtargetInfo& processor = *machine_->getMCSubtargetInfo();
  llvm::SmallPtrSet<const llvm::BasicBlock*, 8> looked_at;
  bool changed = false;
  bool again = true;
  for (unsigned count = 0; again && count < kMostInFunction; ++count) {
    again = false;
    auto& loops = analyses.getResult<llvm::LoopAnalysis>(function);
    auto& evolution = analyses.getResult<llvm::ScalarEvolutionAnalysis>(function);
    auto& dominators = analyses.getResult<llvm::DominatorTreeAnalysis>(function);
    const auto& target = analyses.getResult<llvm::TargetIRAnalysis>(function);
    for (llvm::Loop* loop : loops.getLoopsInPreorder()) {
      if (!loop->isInnermost() || !looked_at.insert(loop->getHeader()).second) continue;
      auto plan = MakeVectorLoopPlan(*loop, loops, evolution, target, processor);
      if (!plan) continue;
      Widening widening(*loop, loops, evolution, dominators, *plan, processor);
      if (!widening.IsPossible()) continue;
      looked_at.insert(widening.Run());
      analyses.invalidate(function, llvm::PreservedAnalyses::none());
      changed = again = true;
      break;
    }
  }
  return changed ? llvm::PreservedAnalyses::none() : llvm::PreservedAnalyses::all();
}

}  // namespace tenon::compiler
