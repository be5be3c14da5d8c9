// Dynamic programming has loops like
//
//   for (j = 0; j < n; ++j) row[j] = min(row[j], row[k] + other[j]);
//
// row[k] stays the same until the iteration j == k, which may change it. The vectoriser compares
// the range that is stored to with what is loaded, finds that they meet, and takes the loop as it
// is. Here such a loop becomes one round a loop of at most three rounds: iterations before that
// one, that one, and those after it (index-set splitting; Griebl, Feautrier and Lengauer 2000). In
// the first and the last the ranges do not meet.
//
// How a loop is cut never changes what it does, so the place need not be right: addresses that wrap
// at 32 bits need no care.
#include "compiler/optimize/loops/split_loops.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

#include <optional>
#include <vector>

#include "compiler/ir/memory_address.h"

namespace tenon::compiler {

namespace {

// Shorter loops gain nothing from vectors that pays for the rounds.
constexpr std::uint64_t kFewestIterations = 32;

// The number of the iteration whose store meets the load, or null if none is known to be able to.
const llvm::SCEV* MeetingIteration(llvm::LoadInst& load, llvm::StoreInst& store,
                                   const llvm::Loop& loop, llvm::ScalarEvolution& evolution) {
  const auto from = FindMemoryAddress(load.getPointerOperand(), evolution);
  const auto to = FindMemoryAddress(store.getPointerOperand(), evolution);
  if (!from || !to || from->base() != to->base() ||
      from->index->getType() != to->index->getType() ||
      load.getType() != store.getValueOperand()->getType() ||
      !evolution.isLoopInvariant(from->index, &loop)) {
    return nullptr;
  }
  const auto* stored = llvm::dyn_cast<llvm::SCEVAddRecExpr>(to->index);
  if (stored == nullptr || stored->getLoop() != &loop || !stored->isAffine()) return nullptr;
  const auto* step = llvm::dyn_cast<llvm::SCEVConstant>(stored->getStepRecurrence(evolution));
  const std::uint64_t size = evolution.getDataLayout().getTypeStoreSize(load.getType());
  if (step == nullptr || step->getAPInt().abs() != size || !llvm::isPowerOf2_64(size))
    return nullptr;
  const llvm::SCEV* distance = step->getAPInt().isNegative()
                                   ? evolution.getMinusSCEV(stored->getStart(), from->index)
                                   : evolution.getMinusSCEV(from->index, stored->getStart());
  // Of different arrays one is not expected to meet the other. Their addresses do not cancel out,
  // and what is left is no multiple of the size.
  if (evolution.getMinTrailingZeros(distance) < llvm::Log2_64(size) ||
      (size == 1 && llvm::SCEVExprContains(distance, llvm::IsaPred<llvm::SCEVUnknown>))) {
    return nullptr;
  }
  return evolution.getUDivExpr(distance, evolution.getConstant(distance->getType(), size));
}

const llvm::SCEV* MeetingIteration(const llvm::Loop& loop, llvm::ScalarEvolution& evolution) {
  std::vector<llvm::LoadInst*> loads;
  std::vector<llvm::StoreInst*> stores;
  for (llvm::Instruction& instruction : *loop.getHeader()) {
    if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction)) {
      if (!load->isSimple()) return nullptr;
      if (loop.isLoopInvariant(load->getPointerOperand())) loads.push_back(load);
    } else if (auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction)) {
      if (!store->isSimple()) return nullptr;
      stores.push_back(store);
    } else if (instruction.mayReadOrWriteMemory()) {
      return nullptr;
    }
  }
  for (llvm::LoadInst* load : loads) {
    for (llvm::StoreInst* store : stores) {
      if (const llvm::SCEV* iteration = MeetingIteration(*load, *store, loop, evolution))
        return iteration;
    }
  }
  return nullptr;
}

// The loop round the loop: `rounds` is its header, `end` its latch. All loops of a function are
// prepared before one is split: what is known of a function holds until its control flow changes.
class Splitting {
 public:
  explicit Splitting(llvm::Loop& loop)
      : body_(loop.getHeader()), before_(loop.getLoopPreheader()), after_(loop.getExitBlock()) {}

  // Puts the number of the meeting iteration and that of the last one before the loop. False, with
  // nothing changed, if that cannot be.
  bool Prepare(const llvm::SCEV* meeting, const llvm::SCEV* back_edges,
               llvm::ScalarEvolution& evolution) {
    llvm::SCEVExpander expander(evolution, "split");
    llvm::Instruction* at = before_->getTerminator();
    if (!expander.isSafeToExpandAt(back_edges, at) || !expander.isSafeToExpandAt(meeting, at))
      return false;
    llvm::IRBuilder<> builder(at);
    // Frozen, as the loop may never come to the branch or the access that they are of.
    const auto expand = [&](const llvm::SCEV* expression) {
      llvm::Value* value = builder.CreateFreeze(expander.expandCodeFor(expression, nullptr, at));
      return builder.CreateZExt(value, builder.getInt64Ty());
    };
    very_last_ = expand(back_edges);
    meets_ = expand(meeting);
    return true;
  }

  void Split() {
    llvm::IRBuilder<> builder(before_->getTerminator());
    llvm::Type* number = builder.getInt64Ty();
    llvm::Value* pays = builder.CreateAnd(
        builder.CreateICmpUGE(very_last_, builder.getInt64(kFewestIterations - 1)),
        builder.CreateICmpULE(meets_, very_last_));

    llvm::LLVMContext& context = body_->getContext();
    llvm::Function* function = body_->getParent();
    llvm::BasicBlock* rounds = llvm::BasicBlock::Create(context, "rounds", function, body_);
    llvm::BasicBlock* end = llvm::BasicBlock::Create(context, "round.end", function, after_);
    before_->getTerminator()->replaceSuccessorWith(body_, rounds);

    builder.SetInsertPoint(rounds);
    llvm::PHINode* first = builder.CreatePHI(number, 2);
    for (llvm::PHINode& phi : body_->phis()) CarryOver(phi, rounds, end);
    llvm::Value* is_before = builder.CreateICmpULT(first, meets_);
    llvm::Value* piece_end =
        builder.CreateSelect(is_before, builder.CreateSub(meets_, builder.getInt64(1)), meets_);
    llvm::Value* is_piece = builder.CreateAnd(pays, builder.CreateICmpULE(first, meets_));
    llvm::Value* last = builder.CreateSelect(is_piece, piece_end, very_last_);
    builder.CreateBr(body_);

    builder.SetInsertPoint(body_, body_->begin());
    llvm::PHINode* current = builder.CreatePHI(number, 2);
    auto* branch = llvm::cast<llvm::BranchInst>(body_->getTerminator());
    builder.SetInsertPoint(branch);
    current->addIncoming(first, rounds);
    current->addIncoming(builder.CreateNUWAdd(current, builder.getInt64(1)), body_);
    builder.CreateCondBr(builder.CreateICmpEQ(current, last), end, body_);
    branch->eraseFromParent();

    for (llvm::PHINode& phi : after_->phis()) {
      const auto from_body = static_cast<unsigned>(phi.getBasicBlockIndex(body_));
      phi.setIncomingValue(from_body, Leave(phi.getIncomingValue(from_body), end));
      phi.setIncomingBlock(from_body, end);
    }
    builder.SetInsertPoint(end);
    first->addIncoming(builder.getInt64(0), before_);
    first->addIncoming(builder.CreateAdd(last, builder.getInt64(1)), end);
    builder.CreateCondBr(builder.CreateICmpEQ(last, very_last_), after_, rounds);
  }

 private:
  // What leaves the inner loop goes through a phi (LCSSA).
  llvm::Value* Leave(llvm::Value* value, llvm::BasicBlock* end) {
    auto* instruction = llvm::dyn_cast<llvm::Instruction>(value);
    if (instruction == nullptr || instruction->getParent() != body_) return value;
    llvm::IRBuilder<> builder(end, end->begin());
    llvm::PHINode* phi = builder.CreatePHI(value->getType(), 1);
    phi->addIncoming(value, body_);
    return phi;
  }
  void CarryOver(llvm::PHINode& phi, llvm::BasicBlock* rounds, llvm::BasicBlock* end) {
    llvm::IRBuilder<> builder(rounds, rounds->begin());
    llvm::PHINode* carried = builder.CreatePHI(phi.getType(), 2);
    const auto from_before = static_cast<unsigned>(phi.getBasicBlockIndex(before_));
    carried->addIncoming(phi.getIncomingValue(from_before), before_);
    carried->addIncoming(Leave(phi.getIncomingValueForBlock(body_), end), end);
    phi.setIncomingValue(from_before, carried);
    phi.setIncomingBlock(from_before, rounds);
  }

  llvm::BasicBlock* body_;
  llvm::BasicBlock* before_;
  llvm::BasicBlock* after_;
  llvm::Value* very_last_ = nullptr;
  llvm::Value* meets_ = nullptr;
};

std::optional<Splitting> PrepareSplitting(llvm::Loop& loop, llvm::ScalarEvolution& evolution) {
  if (!loop.isInnermost() || loop.getNumBlocks() != 1 || !loop.isLoopSimplifyForm() ||
      loop.getExitBlock() == nullptr) {
    return std::nullopt;
  }
  const llvm::SCEV* back_edges = evolution.getBackedgeTakenCount(&loop);
  if (llvm::isa<llvm::SCEVCouldNotCompute>(back_edges)) return std::nullopt;
  const llvm::SCEV* meeting = MeetingIteration(loop, evolution);
  Splitting splitting(loop);
  if (meeting == nullptr || !splitting.Prepare(meeting, back_edges, evolution)) return std::nullopt;
  return splitting;
}

}  // namespace

llvm::PreservedAnalyses SplitLoopsPass::run(llvm::Function& function,
                                            llvm::FunctionAnalysisManager& analyses) {
  std::vector<Splitting> splittings;
  auto& evolution = analyses.getResult<llvm::ScalarEvolutionAnalysis>(function);
  for (llvm::Loop* loop : analyses.getResult<llvm::LoopAnalysis>(function).getLoopsInPreorder()) {
    if (auto splitting = PrepareSplitting(*loop, evolution)) splittings.push_back(*splitting);
  }
  for (Splitting& splitting : splittings) splitting.Split();
  return splittings.empty() ? llvm::PreservedAnalyses::all() : llvm::PreservedAnalyses::none();
}

}  // namespace tenon::compiler
