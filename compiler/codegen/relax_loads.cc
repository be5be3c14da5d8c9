// A load that traps is part of the result (core specification, section 4.4.7), but to LLVM a load
// without uses is dead. Lowering therefore emits volatile loads; here, on SSA that mem2reg and
// InstCombine have simplified, each load that a store, an unknown function or the way to one of
// those depends on becomes plain: those LLVM keeps for their value.
//
// A branch is such a use only if something that is needed depends on it (control dependence;
// Ferrante, Ottenstein and Warren 1987): LLVM removes a branch whose ways differ in nothing.
// An argument of a function of the module is such a use only if that function needs it, and a
// returned value only if every caller here needs it: LLVM inlines, and removes arguments and
// results that nothing uses. So need is found for the whole module at once; it only ever grows.
#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/DenseSet.h>
#include <llvm/ADT/PostOrderIterator.h>
#include <llvm/Analysis/PostDominators.h>
#include <llvm/IR/CFG.h>
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
    FindEffects(module);
    for (llvm::Function& function : module) {
      if (!function.isDeclaration()) FindControllers(function);
      for (llvm::BasicBlock& block : function) {
        for (llvm::Instruction& instruction : block) AddRoot(instruction);
      }
      if (!function.isDeclaration() && calls_[&function].empty()) NeedReturn(function);
    }
    Propagate();
  }

  bool Has(const llvm::Value* value) const { return needed_.contains(value); }
  // Of a load that stays for its trap.
  void NeedOperandsOf(llvm::Instruction& instruction) {
    NeedBlock(instruction.getParent());
    for (llvm::Value* operand : instruction.operands()) Add(operand);
    Propagate();
  }

 private:
  // For each block the branches that decide whether it is reached.
  void FindControllers(llvm::Function& function) {
    const llvm::PostDominatorTree tree(function);
    for (llvm::BasicBlock& block : function) {
      llvm::Instruction* branch = block.getTerminator();
      if (branch->getNumSuccessors() < 2 || tree.getNode(&block) == nullptr) continue;
      const auto* end = tree.getNode(&block)->getIDom();
      for (llvm::BasicBlock* successor : llvm::successors(&block)) {
        for (const auto* node = tree.getNode(successor);
             node != nullptr && node != end && node->getBlock() != nullptr;
             node = node->getIDom()) {
          controllers_[node->getBlock()].push_back(branch);
        }
      }
    }
  }
  // Which functions do anything but calculate: the calls of others can go.
  void FindEffects(llvm::Module& module) {
    std::vector<llvm::Function*> found;
    const auto add = [&](llvm::Function* function) {
      if (effects_.insert(function).second) found.push_back(function);
    };
    for (llvm::Function& function : module) {
      for (llvm::BasicBlock& block : function) {
        for (llvm::Instruction& instruction : block) {
          if (CalleeOf(instruction) == nullptr && instruction.mayHaveSideEffects()) add(&function);
        }
      }
    }
    while (!found.empty()) {
      llvm::Function* function = found.back();
      found.pop_back();
      for (llvm::CallInst* call : calls_[function]) add(call->getFunction());
    }
  }
  void AddRoot(llvm::Instruction& instruction) {
    if (IsGuardLoad(instruction) || instruction.isTerminator()) return;
    if (!instruction.mayHaveSideEffects()) return;
    if (llvm::Function* callee = CalleeOf(instruction)) {
      if (effects_.contains(callee)) NeedBlock(instruction.getParent());
      return;
    }
    NeedBlock(instruction.getParent());
    for (llvm::Value* operand : instruction.operands()) Add(operand);
  }
  void Add(llvm::Value* value) {
    if (!llvm::isa<llvm::Instruction, llvm::Argument>(value)) return;
    if (needed_.insert(value).second) work_.push_back(value);
  }
  // Whether the block is reached matters.
  void NeedBlock(llvm::BasicBlock* block) {
    if (!blocks_needed_.insert(block).second) return;
    const auto found = controllers_.find(block);
    if (found == controllers_.end()) return;
    for (llvm::Instruction* branch : found->second) Add(branch);
  }
  void NeedReturn(llvm::Function& function) {
    if (!returns_needed_.insert(&function).second) return;
    for (llvm::BasicBlock& block : function) {
      if (auto* end = llvm::dyn_cast<llvm::ReturnInst>(block.getTerminator());
          end != nullptr && end->getReturnValue() != nullptr) {
        Add(end->getReturnValue());
        NeedBlock(&block);
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
      NeedBlock(instruction->getParent());
      if (const auto* phi = llvm::dyn_cast<llvm::PHINode>(instruction)) {
        // Which of its values it has, the ways here decide.
        for (llvm::BasicBlock* from : phi->blocks()) {
          NeedBlock(from);
          if (from->getTerminator()->getNumSuccessors() > 1) Add(from->getTerminator());
        }
      }
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
  llvm::DenseMap<llvm::BasicBlock*, std::vector<llvm::Instruction*>> controllers_;
  llvm::DenseSet<llvm::BasicBlock*> blocks_needed_;
  llvm::DenseSet<llvm::Function*> effects_;
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
