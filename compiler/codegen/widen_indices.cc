// Addresses of 32-bit memories are `base + zext(index)`. Instruction selection sees one block at a
// time: an extension in another block than its operand, or of a phi, becomes a move, in pointer
// chasing loops on the critical path. Where the index is defined, the extension is free, because
// 32-bit operations and loads clear the upper half (x86-64 and AArch64 alike).
//
// This runs last in the middle end: InstCombine narrows phis of extensions again.
#include "compiler/codegen/widen_indices.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SetVector.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>

#include <vector>

namespace tenon::compiler {

namespace {

bool IsIndexExtension(const llvm::User* user) {
  const auto* extension = llvm::dyn_cast<llvm::ZExtInst>(user);
  return extension != nullptr && extension->getSrcTy()->isIntegerTy(32) &&
         extension->getDestTy()->isIntegerTy(64);
}

bool IsExtendedElsewhere(const llvm::Instruction& value) {
  for (const llvm::User* user : value.users()) {
    if (IsIndexExtension(user) &&
        (llvm::isa<llvm::PHINode>(value) ||
         llvm::cast<llvm::Instruction>(user)->getParent() != value.getParent())) {
      return true;
    }
  }
  return false;
}

class Widening {
 public:
  explicit Widening(llvm::Function& function) : function_(function) {}

  void Run() {
    Collect();
    for (llvm::Instruction* value : values_) MakeWide(value);
    for (llvm::Instruction* value : values_) {
      if (auto* phi = llvm::dyn_cast<llvm::PHINode>(value)) FeedWidePhi(phi);
    }
    for (llvm::Instruction* value : values_) ReplaceUses(value);
    for (llvm::Instruction* value : values_) {
      if (llvm::isa<llvm::PHINode>(value)) {
        value->replaceAllUsesWith(llvm::PoisonValue::get(value->getType()));
        value->eraseFromParent();
      }
    }
  }

 private:
  // The values to widen, and with a phi the phis that feed it, so that a value that goes round a
  // loop stays wide all the way.
  void Collect() {
    for (llvm::BasicBlock& block : function_) {
      for (llvm::Instruction& instruction : block) {
        if (instruction.getType()->isIntegerTy(32) && !instruction.isTerminator() &&
            IsExtendedElsewhere(instruction)) {
          values_.insert(&instruction);
        }
      }
    }
    for (std::size_t i = 0; i < values_.size(); ++i) {
      auto* phi = llvm::dyn_cast<llvm::PHINode>(values_[i]);
      if (phi == nullptr) continue;
      for (llvm::Value* incoming : phi->incoming_values()) {
        auto* definition = llvm::dyn_cast<llvm::Instruction>(incoming);
        if (definition != nullptr && !definition->isTerminator()) values_.insert(definition);
      }
    }
  }

  void MakeWide(llvm::Instruction* value) {
    llvm::IRBuilder<> builder(value);
    if (auto* phi = llvm::dyn_cast<llvm::PHINode>(value)) {
      wide_[value] = builder.CreatePHI(builder.getInt64Ty(), phi->getNumIncomingValues());
      return;
    }
    builder.SetInsertPoint(value->getParent(), *value->getInsertionPointAfterDef());
    wide_[value] = new llvm::ZExtInst(value, builder.getInt64Ty(), "", builder.GetInsertPoint());
  }

  llvm::Value* WideIncoming(llvm::Value* value) {
    if (auto* instruction = llvm::dyn_cast<llvm::Instruction>(value)) {
      if (const auto found = wide_.find(instruction); found != wide_.end()) return found->second;
    }
    llvm::Value*& wide = wide_others_[value];
    if (wide == nullptr) {
      llvm::BasicBlock& entry = function_.getEntryBlock();
      llvm::IRBuilder<> builder(&entry, entry.getFirstInsertionPt());
      wide = builder.CreateZExt(value, builder.getInt64Ty());  // an argument or a constant
    }
    return wide;
  }

  void FeedWidePhi(llvm::PHINode* phi) {
    auto* wide = llvm::cast<llvm::PHINode>(wide_[phi]);
    for (unsigned i = 0; i < phi->getNumIncomingValues(); ++i) {
      wide->addIncoming(WideIncoming(phi->getIncomingValue(i)), phi->getIncomingBlock(i));
    }
  }

  // Extensions become the wide value; other uses far from the definition take its lower half, so
  // that only one register is live.
  void ReplaceUses(llvm::Instruction* value) {
    llvm::Value* wide = wide_[value];
    std::vector<llvm::Use*> uses;
    for (llvm::Use& use : value->uses()) uses.push_back(&use);
    for (llvm::Use* use : uses) {
      auto* user = llvm::cast<llvm::Instruction>(use->getUser());
      if (user == wide) continue;
      if (IsIndexExtension(user)) {
        user->replaceAllUsesWith(wide);
        user->eraseFromParent();
        continue;
      }
      auto* user_phi = llvm::dyn_cast<llvm::PHINode>(user);
      if (user_phi != nullptr && wide_.contains(user_phi)) continue;
      llvm::Instruction* before =
          user_phi != nullptr ? user_phi->getIncomingBlock(*use)->getTerminator() : user;
      if (!llvm::isa<llvm::PHINode>(value) && before->getParent() == value->getParent()) continue;
      // Entries of a phi for the same predecessor must be one value.
      llvm::Value*& narrow = narrow_[{value, before}];
      if (narrow == nullptr) {
        llvm::IRBuilder<> builder(before);
        narrow = builder.CreateTrunc(wide, value->getType());
      }
      use->set(narrow);
    }
  }

  llvm::Function& function_;
  llvm::SetVector<llvm::Instruction*> values_;
  llvm::DenseMap<llvm::Instruction*, llvm::Value*> wide_;
  llvm::DenseMap<llvm::Value*, llvm::Value*> wide_others_;
  llvm::DenseMap<std::pair<llvm::Value*, llvm::Instruction*>, llvm::Value*> narrow_;
};

}  // namespace

void WidenIndices(llvm::Function& function) { Widening(function).Run(); }

}  // namespace tenon::compiler
