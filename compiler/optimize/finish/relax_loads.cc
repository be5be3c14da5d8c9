// A load that traps is part of the result (core specification, section 4.4.7), but to LLVM a load
// without uses is dead. Lowering therefore emits volatile loads; here, on SSA that mem2reg and
// InstCombine have simplified, each load that a store, an unknown function or the way to one of
// those depends on becomes plain: those LLVM keeps for their value.
//
// The use must come on every way that control may take from the load: LLVM sinks a load into the
// branch that uses it, and the other one would not trap. A selection and a condition joined of two
// count as branches, which LLVM makes of them at times.
//
// A branch is such a use only if something that is needed depends on it (control dependence;
// Ferrante, Ottenstein and Warren 1987): LLVM removes a branch whose ways differ in nothing.
// An argument of a function of the module is such a use only if that function needs it, and a
// returned value only if every caller here needs it: LLVM inlines, and removes arguments and
// results that nothing uses. (What it finds out only then, such as that a mask is 0 for one caller,
// or that a stored value is overwritten unread, may still lose a load and its trap; --exact-order
// keeps all.) So need is found for the whole module at once: first what anything needs on some way
// (the least solution), then, of that, what has a use on every way (the greatest).
#include "compiler/optimize/finish/relax_loads.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/DenseSet.h>
#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/ADT/SmallSet.h>
#include <llvm/Analysis/PostDominators.h>
#include <llvm/IR/Analysis.h>
#include <llvm/IR/CFG.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>

#include <optional>
#include <utility>
#include <vector>

#include "compiler/ir/conventions.h"
#include "compiler/optimize/finish/whole_accesses.h"

namespace tenon::compiler {

namespace {

bool IsGuardLoad(const llvm::Instruction& instruction) {
  const auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction);
  return load != nullptr && IsPinned(*load);
}

// The function of this module that is called directly, or null.
llvm::Function* CalleeOf(const llvm::Instruction& instruction) {
  const auto* call = llvm::dyn_cast<llvm::CallInst>(&instruction);
  llvm::Function* callee = call == nullptr ? nullptr : call->getCalledFunction();
  return callee == nullptr || callee->isDeclaration() ? nullptr : callee;
}

// Whether both are computed by the same instructions from the same values. Loads count as equal, so
// that this may be so by chance only.
bool IsSameComputation(const llvm::Value* a, const llvm::Value* b, unsigned depth = 8) {
  if (a == b) return true;
  const auto* left = llvm::dyn_cast<llvm::Instruction>(a);
  const auto* right = llvm::dyn_cast<llvm::Instruction>(b);
  if (depth == 0 || left == nullptr || right == nullptr || llvm::isa<llvm::PHINode>(left) ||
      llvm::isa<llvm::CallInst>(left) || !left->isSameOperationAs(right)) {
    return false;
  }
  for (unsigned i = 0; i < left->getNumOperands(); ++i) {
    if (!IsSameComputation(left->getOperand(i), right->getOperand(i), depth - 1)) return false;
  }
  return true;
}

// Whether what the operation makes of its operands is known once they are seen to be equal: LLVM
// then needs neither. Likewise a store of what its place holds already.
bool CancelsOut(const llvm::Instruction& operation) {
  if (const auto* store = llvm::dyn_cast<llvm::StoreInst>(&operation)) {
    if (ChangesElement(*store)) return true;
    const auto* load = llvm::dyn_cast<llvm::LoadInst>(store->getValueOperand());
    return load != nullptr &&
           IsSameComputation(load->getPointerOperand(), store->getPointerOperand());
  }
  switch (operation.getOpcode()) {
    case llvm::Instruction::Sub:
    case llvm::Instruction::Xor:
    case llvm::Instruction::UDiv:
    case llvm::Instruction::SDiv:
    case llvm::Instruction::URem:
    case llvm::Instruction::SRem:
    case llvm::Instruction::ICmp:
      return IsSameComputation(operation.getOperand(0), operation.getOperand(1));
    default: return false;
  }
}

// A store into the results that the caller has made room for.
bool IsResultStore(const llvm::Instruction& instruction) {
  const auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction);
  if (store == nullptr) return false;
  const auto* argument =
      llvm::dyn_cast<llvm::Argument>(store->getPointerOperand()->stripInBoundsConstantOffsets());
  return argument != nullptr && !argument->hasSwiftSelfAttr();
}

// Where the result that is put together by `insert` is returned, or null if it is not.
const llvm::ReturnInst* ReturnOf(const llvm::Value* insert) {
  while (insert->hasOneUse()) {
    const llvm::User* user = *insert->user_begin();
    if (const auto* end = llvm::dyn_cast<llvm::ReturnInst>(user)) return end;
    if (!llvm::isa<llvm::InsertValueInst>(user) || user->getOperand(0) != insert) return nullptr;
    insert = user;
  }
  return nullptr;
}

// How far the ways from a value are followed; beyond, it counts as not used there.
constexpr std::size_t kMostBlocks = 256;

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
    FindDependents(module);
    KeepUsedOnEveryWay();
  }

  // Whether something needs the value whatever way control takes from it.
  bool Has(llvm::Value* value) const { return needed_.contains(value); }

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
    if (instruction.isTerminator() || !instruction.mayHaveSideEffects()) return;
    if (llvm::Function* callee = CalleeOf(instruction)) {
      if (effects_.contains(callee)) NeedBlock(instruction.getParent());
      return;
    }
    // Loads too: their trap is an effect, whether their value is needed or not.
    roots_.insert(&instruction);
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

  // What is calculated from values of guarded loads. Of nothing else does it matter where it is
  // used, and some of it (the context) is used everywhere.
  void FindDependents(llvm::Module& module) {
    std::vector<llvm::Value*> found;
    const auto add = [&](llvm::Value* value) {
      if (dependents_.insert(value).second) found.push_back(value);
    };
    for (llvm::Function& function : module) {
      for (llvm::BasicBlock& block : function) {
        for (llvm::Instruction& instruction : block) {
          if (IsGuardLoad(instruction)) add(&instruction);
        }
      }
    }
    while (!found.empty()) {
      llvm::Value* value = found.back();
      found.pop_back();
      for (const llvm::Use& use : value->uses()) {
        auto* user = llvm::cast<llvm::Instruction>(use.getUser());
        if (llvm::Function* callee = CalleeOf(*user)) {
          if (use.getOperandNo() < callee->arg_size()) add(callee->getArg(use.getOperandNo()));
        } else if (llvm::isa<llvm::ReturnInst>(user)) {
          for (llvm::CallInst* call : calls_[user->getFunction()]) add(call);
        } else {
          add(user);
        }
      }
    }
  }

  void LookAgainAt(llvm::Value* value) {
    if (dependents_.contains(value) && needed_.contains(value) && waiting_.insert(value).second)
      work_.push_back(value);
  }
  // Takes out of needed_ what is not used on every way, until nothing changes.
  void KeepUsedOnEveryWay() {
    for (llvm::Value* value : dependents_) LookAgainAt(value);
    while (!work_.empty()) {
      llvm::Value* value = work_.back();
      work_.pop_back();
      waiting_.erase(value);
      const auto* instruction = llvm::dyn_cast<llvm::Instruction>(value);
      if (instruction != nullptr && instruction->isTerminator()) continue;
      if (IsUsedOnEveryWay(*value)) continue;
      needed_.erase(value);
      LookAgainAtOperandsOf(*value);
    }
  }
  void LookAgainAtOperandsOf(llvm::Value& value) {
    if (auto* argument = llvm::dyn_cast<llvm::Argument>(&value)) {
      for (llvm::CallInst* call : calls_[argument->getParent()])
        LookAgainAt(call->getArgOperand(argument->getArgNo()));
      return;
    }
    auto& instruction = llvm::cast<llvm::Instruction>(value);
    llvm::Instruction* call = &instruction;
    if (auto* extract = llvm::dyn_cast<llvm::ExtractValueInst>(&instruction)) {
      call = llvm::dyn_cast<llvm::Instruction>(extract->getAggregateOperand());
    }
    if (llvm::Function* callee = call == nullptr ? nullptr : CalleeOf(*call)) {
      for (llvm::BasicBlock& block : *callee) LookAgainAtReturn(*block.getTerminator());
    }
    for (llvm::Value* operand : instruction.operands()) LookAgainAt(operand);
  }
  void LookAgainAtReturn(llvm::Instruction& terminator) {
    auto* end = llvm::dyn_cast<llvm::ReturnInst>(&terminator);
    if (end == nullptr || end->getReturnValue() == nullptr) return;
    llvm::Value* value = end->getReturnValue();
    LookAgainAt(value);
    while (auto* insert = llvm::dyn_cast<llvm::InsertValueInst>(value)) {
      LookAgainAt(insert->getInsertedValueOperand());
      value = insert->getAggregateOperand();
    }
  }

  // Whether every caller here uses the result (of several: the one with this number).
  bool CallersUse(llvm::Function& function, std::optional<unsigned> element) {
    for (llvm::CallInst* call : calls_[&function]) {
      const auto uses_element = [&](const llvm::User* user) {
        const auto* extract = llvm::dyn_cast<llvm::ExtractValueInst>(user);
        return extract != nullptr && extract->getIndices().front() == *element &&
               extract->getParent() == call->getParent() && needed_.contains(extract);
      };
      if (!element ? !needed_.contains(call) : llvm::none_of(call->users(), uses_element))
        return false;
    }
    return true;
  }
  // Whether LLVM may make a branch of the operation, so that this operand is read on one way only:
  // a selected value, or one side of a condition joined of two.
  static bool MayBecomeConditional(const llvm::Use& use) {
    const llvm::User* user = use.getUser();
    if (llvm::isa<llvm::SelectInst>(user)) return use.getOperandNo() != 0;
    const auto* operation = llvm::dyn_cast<llvm::BinaryOperator>(user);
    return operation != nullptr && operation->getType()->isIntOrIntVectorTy(1) &&
           operation->getOpcode() != llvm::Instruction::Xor;
  }
  bool IsUse(const llvm::Use& use) {
    auto& user = *llvm::cast<llvm::Instruction>(use.getUser());
    if (MayBecomeConditional(use) || CancelsOut(user)) return false;
    llvm::Function& function = *user.getFunction();
    if (IsResultStore(user)) return calls_[&function].empty();
    if (llvm::isa<llvm::ReturnInst>(user)) return CallersUse(function, std::nullopt);
    if (llvm::Function* callee = CalleeOf(user)) {
      const unsigned number = use.getOperandNo();
      return number < callee->arg_size() && needed_.contains(callee->getArg(number));
    }
    if (const auto* insert = llvm::dyn_cast<llvm::InsertValueInst>(&user)) {
      return ReturnOf(insert) != nullptr && CallersUse(function, insert->getIndices().front());
    }
    return roots_.contains(&user) || needed_.contains(&user);
  }
  bool IsUsedOnEveryWay(const llvm::Value& value) {
    const auto* argument = llvm::dyn_cast<llvm::Argument>(&value);
    const llvm::BasicBlock* start = argument != nullptr
                                        ? &argument->getParent()->getEntryBlock()
                                        : llvm::cast<llvm::Instruction>(value).getParent();
    llvm::SmallPtrSet<const llvm::BasicBlock*, 8> using_blocks;
    // A phi uses what comes to it on the edge.
    llvm::SmallSet<std::pair<const llvm::BasicBlock*, const llvm::BasicBlock*>, 4> using_edges;
    for (const llvm::Use& use : value.uses()) {
      if (!IsUse(use)) continue;
      const auto* user = llvm::cast<llvm::Instruction>(use.getUser());
      if (const auto* phi = llvm::dyn_cast<llvm::PHINode>(user)) {
        using_edges.insert({phi->getIncomingBlock(use), phi->getParent()});
      } else if (user->getParent() == start) {
        return true;
      } else {
        using_blocks.insert(user->getParent());
      }
    }
    if (using_blocks.empty() && using_edges.empty()) return false;
    std::vector<const llvm::BasicBlock*> ways = {start};
    llvm::SmallPtrSet<const llvm::BasicBlock*, 16> visited;
    while (!ways.empty()) {
      const llvm::BasicBlock* block = ways.back();
      ways.pop_back();
      if (llvm::succ_empty(block)) return false;
      for (const llvm::BasicBlock* next : llvm::successors(block)) {
        if (using_edges.contains({block, next}) || using_blocks.contains(next)) continue;
        if (next == start || visited.size() == kMostBlocks) return false;
        if (visited.insert(next).second) ways.push_back(next);
      }
    }
    return true;
  }

  llvm::DenseMap<llvm::Function*, std::vector<llvm::CallInst*>> calls_;
  llvm::DenseSet<llvm::Value*> needed_;
  llvm::DenseSet<llvm::Value*> dependents_;
  llvm::DenseSet<llvm::Value*> waiting_;  // what work_ has, while looking again
  llvm::DenseSet<const llvm::Instruction*> roots_;
  llvm::DenseSet<llvm::Function*> returns_needed_;
  llvm::DenseMap<llvm::BasicBlock*, std::vector<llvm::Instruction*>> controllers_;
  llvm::DenseSet<llvm::BasicBlock*> blocks_needed_;
  llvm::DenseSet<llvm::Function*> effects_;
  std::vector<llvm::Value*> work_;
};

// Both change flags of accesses alone: what is known of control flow stays true.
llvm::PreservedAnalyses FlagsChanged() {
  llvm::PreservedAnalyses preserved;
  preserved.preserve<llvm::FunctionAnalysisManagerModuleProxy>();
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

}  // namespace

llvm::PreservedAnalyses RelaxUsedLoadsPass::run(llvm::Module& module,
                                                llvm::ModuleAnalysisManager& /*analyses*/) {
  const Need need(module);
  for (llvm::Function& function : module) {
    for (llvm::BasicBlock& block : function) {
      for (llvm::Instruction& instruction : block) {
        if (!IsGuardLoad(instruction) || !need.Has(&instruction)) continue;
        auto& load = llvm::cast<llvm::LoadInst>(instruction);
        if (load.getType()->isVectorTy() && !ReadsLastByte(load)) continue;
        SetPinned(load, false);
      }
    }
  }
  return FlagsChanged();
}

llvm::PreservedAnalyses KeepAccessOrderPass::run(llvm::Module& module,
                                                 llvm::ModuleAnalysisManager& /*analyses*/) {
  for (llvm::Function& function : module) {
    for (llvm::BasicBlock& block : function) {
      for (llvm::Instruction& instruction : block) {
        const llvm::Value* pointer = llvm::getLoadStorePointerOperand(&instruction);
        if (pointer == nullptr || llvm::isa<llvm::AllocaInst>(pointer)) continue;
        if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction)) SetPinned(*load, true);
        if (auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction)) SetPinned(*store, true);
      }
    }
  }
  return FlagsChanged();
}

}  // namespace tenon::compiler
