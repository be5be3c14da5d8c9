// All of a linear memory is one object to LLVM. Of accesses to one object whose strides differ, a
// row and a column of matrices for example, its loop access analysis says that they may depend on
// each other, and leaves it there; of accesses to several objects it has the vectoriser compare the
// ranges at run time. So here, in each innermost loop, the accesses of each stride get a base of
// their own: the memory's, frozen. InstCombine takes the freezing away, as a base is never
// undefined.
#include "compiler/optimize/loops/separate_strides.h"

#include <llvm/ADT/MapVector.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>

#include <utility>

#include "compiler/ir/conventions.h"
#include "compiler/ir/memory_address.h"

namespace tenon::compiler {

namespace {

// The addresses by base and stride, in the order of the code.
using Strides = llvm::MapVector<std::pair<llvm::Value*, std::int64_t>,
                                llvm::SmallSetVector<llvm::GetElementPtrInst*, 4>>;

// Empty if the vectoriser can do nothing with the loop or needs nothing for it.
Strides FindStrides(const llvm::Loop& loop, llvm::ScalarEvolution& evolution) {
  Strides strides;
  bool stores = false;
  for (llvm::BasicBlock* block : loop.blocks()) {
    for (llvm::Instruction& instruction : *block) {
      if (!instruction.mayReadOrWriteMemory()) continue;
      llvm::Value* pointer = llvm::getLoadStorePointerOperand(&instruction);
      if (pointer == nullptr || instruction.isAtomic()) return {};
      stores |= llvm::isa<llvm::StoreInst>(instruction);
      if (loop.isLoopInvariant(pointer)) continue;
      const auto address = FindMemoryAddress(pointer, evolution);
      if (!address || !loop.contains(address->element) || !loop.isLoopInvariant(address->base()))
        return {};
      const auto* moving = llvm::dyn_cast<llvm::SCEVAddRecExpr>(address->index);
      if (moving == nullptr || moving->getLoop() != &loop) return {};
      const auto* step = llvm::dyn_cast<llvm::SCEVConstant>(moving->getStepRecurrence(evolution));
      if (step == nullptr) return {};
      strides[{address->base(), step->getAPInt().getSExtValue()}].insert(address->element);
    }
  }
  if (!stores) strides.clear();
  return strides;
}

bool Separate(const llvm::Loop& loop, llvm::ScalarEvolution& evolution) {
  if (!loop.isInnermost() || loop.getLoopPreheader() == nullptr) return false;
  const Strides strides = FindStrides(loop, evolution);
  llvm::SmallPtrSet<llvm::Value*, 4> bases;
  bool changed = false;
  for (const auto& [stride, addresses] : strides) {
    llvm::Value* base = stride.first;
    if (bases.insert(base).second) continue;
    llvm::IRBuilder<> builder(loop.getLoopPreheader()->getTerminator());
    llvm::Value* own = builder.CreateFreeze(base);
    for (llvm::GetElementPtrInst* address : addresses) address->setOperand(0, own);
    changed = true;
  }
  return changed;
}

}  // namespace

llvm::PreservedAnalyses SeparateStridesPass::run(llvm::Function& function,
                                                 llvm::FunctionAnalysisManager& analyses) {
  bool changed = false;
  auto& evolution = analyses.getResult<llvm::ScalarEvolutionAnalysis>(function);
  for (const llvm::Loop* loop :
       analyses.getResult<llvm::LoopAnalysis>(function).getLoopsInPreorder()) {
    changed |= Separate(*loop, evolution);
  }
  if (!changed) return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses preserved;
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

}  // namespace tenon::compiler
