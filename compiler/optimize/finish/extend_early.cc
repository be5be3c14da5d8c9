// Addresses of 32-bit memories are `base + zext(index)`, and a byte is a zero-extending load.
// Instruction selection sees one block at a time: an extension in another block than its operand,
// or of a phi, becomes a move, in loops that chase pointers or scan text on the critical path.
// Where a number of 32 bits is defined, or a smaller one loaded, the extension is free: 32-bit
// operations and loads clear what is above (x86-64 and AArch64 alike).
//
// This runs last in the middle end: InstCombine narrows phis of extensions again, and splits
// extensions from loads where some use needs the byte alone.
#include "compiler/optimize/finish/extend_early.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SetVector.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>

#include <vector>

#include "compiler/ir/conventions.h"

namespace tenon::compiler {

namespace {

bool IsExtendedElsewhere(const llvm::Instruction& value) {
  for (const llvm::User* user : value.users()) {
    if (llvm::isa<llvm::ZExtInst>(user) &&
        (llvm::isa<llvm::PHINode>(value) ||
         llvm::cast<llvm::Instruction>(user)->getParent() != value.getParent())) {
      return true;
    }
  }
  return false;
}

class Widening {
 public:
  Widening(llvm::Function& function, unsigned narrow_bits, unsigned wide_bits)
      : function_(function),
        narrow_type_(llvm::IntegerType::get(function.getContext(), narrow_bits)),
        wide_type_(llvm::IntegerType::get(function.getContext(), wide_bits)) {}

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
        if (instruction.getType() == narrow_type_ && IsFree(instruction) &&
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

  // Whether extending the value where it is defined costs nothing.
  bool IsFree(const llvm::Instruction& value) const {
    if (value.isTerminator()) return false;
    if (narrow_type_->getBitWidth() == 32) return true;
    // Signed and unsigned uses of one load are two loads' work anyway.
    if (llvm::any_of(value.users(), llvm::IsaPred<llvm::SExtInst>)) return false;
    if (llvm::isa<llvm::LoadInst>(value)) return true;
    const auto* phi = llvm::dyn_cast<llvm::PHINode>(&value);
    return phi != nullptr &&
           llvm::all_of(phi->incoming_values(), llvm::IsaPred<llvm::LoadInst, llvm::Constant>);
  }

  void MakeWide(llvm::Instruction* value) {
    llvm::IRBuilder<> builder(value);
    if (auto* phi = llvm::dyn_cast<llvm::PHINode>(value)) {
      wide_[value] = builder.CreatePHI(wide_type_, phi->getNumIncomingValues());
      return;
    }
    builder.SetInsertPoint(value->getParent(), *value->getInsertionPointAfterDef());
    wide_[value] = new llvm::ZExtInst(value, wide_type_, "", builder.GetInsertPoint());
  }

  llvm::Value* WideIncoming(llvm::Value* value) {
    if (auto* instruction = llvm::dyn_cast<llvm::Instruction>(value)) {
      if (const auto found = wide_.find(instruction); found != wide_.end()) return found->second;
    }
    llvm::Value*& wide = wide_others_[value];
    if (wide == nullptr) {
      llvm::BasicBlock& entry = function_.getEntryBlock();
      llvm::IRBuilder<> builder(&entry, entry.getFirstInsertionPt());
      wide = builder.CreateZExt(value, wide_type_);  // an argument or a constant
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
      if (llvm::isa<llvm::ZExtInst>(user)) {
        llvm::IRBuilder<> builder(user);
        user->replaceAllUsesWith(builder.CreateZExtOrTrunc(wide, user->getType()));
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
  llvm::IntegerType* narrow_type_;
  llvm::IntegerType* wide_type_;
  llvm::SetVector<llvm::Instruction*> values_;
  llvm::DenseMap<llvm::Instruction*, llvm::Value*> wide_;
  llvm::DenseMap<llvm::Value*, llvm::Value*> wide_others_;
  llvm::DenseMap<std::pair<llvm::Value*, llvm::Instruction*>, llvm::Value*> narrow_;
};

void ExtendEarly(llvm::Function& function) {
  for (const unsigned bits : {8U, 16U}) Widening(function, bits, 32).Run();
  Widening(function, 32, 64).Run();
}

}  // namespace

llvm::PreservedAnalyses ExtendEarlyPass::run(llvm::Function& function,
                                             llvm::FunctionAnalysisManager& /*analyses*/) {
  if (IsWasmFunction(function)) ExtendEarly(function);
  return llvm::PreservedAnalyses::none();
}

}  // namespace tenon::compiler
