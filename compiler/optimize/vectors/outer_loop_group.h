// The vector copy of a loop's body that does several iterations at once.
#pragma once

#include <llvm/Analysis/LoopIterator.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/Transforms/Utils/ValueMapper.h>

#include <utility>
#include <vector>

#include "compiler/optimize/vectors/outer_loop_plan.h"

namespace tenon::compiler {

class OuterLoopGroup {
 public:
  // Both must outlive the group.
  OuterLoopGroup(llvm::Loop& loop, llvm::LoopInfo& loops, const OuterLoopPlan& plan);

  // Copies the blocks as they are. Nothing leads to first() yet, and last() has no terminator. The
  // phis of the loop's header are not copied: they stand for the first iteration of the group.
  void Copy();

  llvm::BasicBlock* first();
  llvm::BasicBlock* last();
  // For the end of last().
  llvm::IRBuilder<>& builder() { return builder_; }

  // What a value of the loop is in the last iteration of the group.
  llvm::Value* Last(llvm::Value* value) { return Own(value, plan_.group - 1); }
  llvm::Value* Moved(llvm::Value* value, std::int64_t by);

 private:
  llvm::Value* Scalar(llvm::Value* value);
  llvm::Value* Wide(llvm::Value* value);
  llvm::Value* Own(llvm::Value* value, unsigned lane);
  llvm::Type* WideType(llvm::Type* type);

  void Widen(llvm::Instruction& instruction);
  void WideLoad(llvm::LoadInst& load);
  void WideStore(llvm::StoreInst& store);
  llvm::Value* WideOperation(llvm::Instruction& instruction);
  llvm::Instruction* CopyFor(llvm::Instruction& instruction, unsigned lane);
  void Accumulate(const Accumulation& accumulation);
  llvm::Value* PointerOf(llvm::Instruction& access, unsigned lane);
  void ConnectPhis();

  llvm::Loop& loop_;
  const OuterLoopPlan& plan_;
  llvm::LoopBlocksRPO order_;
  llvm::IRBuilder<> builder_;
  // Of uniform and strided values: the value in the first iteration of the group.
  llvm::ValueToValueMapTy copies_;
  std::vector<llvm::Instruction*> scalars_;
  // Of varying values: a vector, or a value for each iteration.
  llvm::DenseMap<llvm::Value*, llvm::Value*> wide_;
  llvm::DenseMap<llvm::Value*, std::vector<llvm::Value*>> own_;
  std::vector<std::pair<llvm::PHINode*, llvm::PHINode*>> wide_phis_;
  std::vector<llvm::PHINode*> own_phis_;
  AccessScopes scopes_;
};

}  // namespace tenon::compiler
