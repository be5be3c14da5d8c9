// A load that traps is part of the result (core specification, section 4.4.7), but to LLVM a load
// without uses is dead. Lowering therefore emits volatile loads; here, on SSA that mem2reg and
// InstCombine have simplified, each load that a store, a branch or an unknown function depends
// on becomes plain: those LLVM keeps for their value.
//
// An argument of a function of the module is such a use only if that function needs it, and a
// returned value only if every caller here needs it: LLVM inlines, and removes arguments and
// results that nothing uses. So need is found for the whole module at once; it only ever grows.
#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/DenseSet.h>
#include <llvm/ADT/PostOrderIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>

#include <vector>

#include "compiler/codegen/prepare.h"

namespace tenon::compiler {

namespace {

bool IsGuardLoad(const llvm::Instruction& instruction) {
  const auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction);
  return load != nullptr && load->isVolatile();
}

// The function of this module that is called directly, or null.
llvm::Function* CalleeOf(const llvm::Instruction& instruction) {
  const auto* call = llvm::dyn_cast<llvm::CallInst>(&instruction);
  llvm::Function* callee = call == nullptr ? nullptr : call->getCalledFunction();
  return callee == nullptr || callee->isDeclaration() ? nullptr : callee;
}

class Need {
 public:
  explicit Need(llvm::Module& module) {
    for (llvm::Function& function : module) {
      for (llvm::BasicBlock& block : function) {
        for (llvm::Instruction& instruction : block) {
          if (llvm::Function* callee = CalleeOf(instruction))
            calls_[callee].push_back(llvm::cast<llvm::CallInst>(&instruction));
        }
      }
    }
    for (llvm::Function& function : module) {
      for (llvm::BasicBlock& block : function) {
        for (llvm::Instruction& instruction : block) AddRoot(instruction);
      }
      if (!function.isDeclaration() && calls_[&function].empty()) NeedReturn(function);
    }
    Propagate();
  }

  bool Has(const llvm::Value* value) const { return needed_.contains(value); }
  void NeedOperandsOf(llvm::Instruction& instruction) {
    for (llvm::Value* operand : instruction.operands()) Add(operand);
    Propagate();
  }

 private:
  void AddRoot(llvm::Instruction& instruction) {
    if (IsGuardLoad(instruction) || llvm::isa<llvm::ReturnInst>(instruction)) return;
    if (!instruction.isTerminator() && !instruction.mayHaveSideEffects()) return;
    if (CalleeOf(instruction) != nullptr) return;
    for (llvm::Value* operand : instruction.operands()) Add(operand);
  }
  void Add(llvm::Value* value) {
    if (!llvm::isa<llvm::Instruction, llvm::Argument>(value)) return;
    if (needed_.insert(value).second) work_.push_back(value);
  }
  void NeedReturn(llvm::Function& function) {
    if (!returns_needed_.insert(&function).second) return;
    for (llvm::BasicBlock& block : function) {
      if (auto* end = llvm::dyn_cast<llvm::ReturnInst>(block.getTerminator());
          end != nullptr && end->getReturnValue() != nullptr) {
        Add(end->getReturnValue());
      }
    }
  }
  void Propagate() {
    while (!work_.empty()) {
      llvm::Value* value = work_.back();
      work_.pop_back();
      if (auto* argument = llvm::dyn_cast<llvm::Argument>(value)) {
        for (llvm::CallInst* call : calls_[argument->getParent()])
          Add(call->getArgOperand(argument->getArgNo()));
        continue;
      }
      auto* instruction = llvm::cast<llvm::Instruction>(value);
      if (llvm::Function* callee = CalleeOf(*instruction)) {
        bool all = true;
        for (llvm::CallInst* call : calls_[callee]) all = all && needed_.contains(call);
        if (all) NeedReturn(*callee);
        continue;
      }
      for (llvm::Value* operand : instruction->operands()) Add(operand);
    }
  }

  llvm::DenseMap<llvm::Function*, std::vector<llvm::CallInst*>> calls_;
  llvm::DenseSet<const llvm::Value*> needed_;
  llvm::DenseSet<llvm::Function*> returns_needed_;
  std::vector<llvm::Value*> work_;
};

}  // namespace

void RelaxUsedLoads(llvm::Module& module) {
  Need need(module);
  // What is left is needed for its trap; its address is then needed too. Uses come before
  // definitions in this order, but for phis and calls, which only make the result more careful.
  for (llvm::Function& function : module) {
    if (function.isDeclaration()) continue;
    for (llvm::BasicBlock* block : llvm::post_order(&function)) {
      for (llvm::Instruction& instruction : llvm::reverse(*block)) {
        if (!IsGuardLoad(instruction)) continue;
        if (need.Has(&instruction)) {
          llvm::cast<llvm::LoadInst>(instruction).setVolatile(false);
        } else {
          need.NeedOperandsOf(instruction);
        }
      }
    }
  }
}

}  // namespace tenon::compiler
