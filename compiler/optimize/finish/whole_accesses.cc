// An access that reaches beyond the memory's end traps whatever of it is needed (core
// specification, section 4.4.7); code generation reads or writes only what is needed of it: of a
// masked number a byte, of a vector an element, of `flags |= 1` the byte with the flag. If pages
// guard the memory, the rest is then not checked.
//
// The guard begins where the memory ends, so it is enough that the last byte is read. Here loads
// whose last byte nothing needs become volatile, behind the middle end, which leaves numbers whole;
// of vectors it does not, so relax_loads.cc asks ReadsLastByte before.
#include "compiler/optimize/finish/whole_accesses.h"

#include <llvm/ADT/SetVector.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Metadata.h>
#include <llvm/IR/Module.h>

#include "compiler/ir/conventions.h"
#include "compiler/optimize/finish/selected_loads.h"

namespace tenon::compiler {

namespace {

constexpr unsigned kDepth = 4;  // beyond, all counts as needed

// Whether something needs bits [bit, bit + 8) of an integer.
bool NeedsBits(const llvm::Value& value, int bit, unsigned depth);

bool UseNeedsBits(const llvm::Use& use, int bit, unsigned depth) {
  const auto* user = llvm::cast<llvm::Instruction>(use.getUser());
  const llvm::ConstantInt* number = nullptr;
  if (user->getNumOperands() == 2) number = llvm::dyn_cast<llvm::ConstantInt>(user->getOperand(1));
  const unsigned width = user->getType()->isIntegerTy() ? user->getType()->getIntegerBitWidth() : 0;
  switch (user->getOpcode()) {
    case llvm::Instruction::ZExt: return NeedsBits(*user, bit, depth);
    case llvm::Instruction::Trunc:
      return bit < static_cast<int>(width) && NeedsBits(*user, bit, depth);
    case llvm::Instruction::And:
      if (number == nullptr || bit < 0) return true;
      return !number->getValue().extractBits(8, static_cast<unsigned>(bit)).isZero() &&
             NeedsBits(*user, bit, depth);
    case llvm::Instruction::Shl:
    case llvm::Instruction::LShr:
    case llvm::Instruction::AShr: {
      if (number == nullptr || use.getOperandNo() != 0 || number->getValue().uge(width))
        return true;
      const int count = static_cast<int>(number->getZExtValue());
      const int moved = user->getOpcode() == llvm::Instruction::Shl ? bit + count : bit - count;
      // A sign that is spread stays needed.
      if (moved <= -8) return user->getOpcode() == llvm::Instruction::AShr;
      if (moved < 0 || (moved < static_cast<int>(width) && moved > static_cast<int>(width) - 8))
        return true;
      return moved < static_cast<int>(width) && NeedsBits(*user, moved, depth);
    }
    default: return true;
  }
}

bool NeedsBits(const llvm::Value& value, int bit, unsigned depth) {
  if (depth == 0) return true;
  for (const llvm::Use& use : value.uses()) {
    if (UseNeedsBits(use, bit, depth - 1)) return true;
  }
  return false;
}

unsigned LastElement(const llvm::Value& vector) {
  return llvm::cast<llvm::FixedVectorType>(vector.getType())->getNumElements() - 1;
}

// Whether something needs the last element of a vector.
bool NeedsLastElement(const llvm::Value& value, unsigned depth) {
  if (depth == 0) return true;
  const unsigned last = LastElement(value);
  for (const llvm::User* user : value.users()) {
    if (const auto* extract = llvm::dyn_cast<llvm::ExtractElementInst>(user)) {
      const auto* index = llvm::dyn_cast<llvm::ConstantInt>(extract->getIndexOperand());
      if (index == nullptr || index->equalsInt(last)) return true;
    } else if (const auto* shuffle = llvm::dyn_cast<llvm::ShuffleVectorInst>(user)) {
      for (const int element : shuffle->getShuffleMask()) {
        if (element < 0) continue;
        const bool first = static_cast<unsigned>(element) <= last;
        if (shuffle->getOperand(first ? 0 : 1) == &value &&
            static_cast<unsigned>(element) == (first ? last : 2 * last + 1))
          return true;
      }
    } else if (llvm::isa<llvm::InsertElementInst>(user)) {
      if (NeedsLastElement(*user, depth - 1)) return true;
    } else if (user->getType()->isVectorTy() &&
               (llvm::isa<llvm::CastInst>(user) || llvm::isa<llvm::BinaryOperator>(user))) {
      const auto* mask =
          llvm::dyn_cast<llvm::Constant>(user->getOperand(user->getNumOperands() - 1));
      const llvm::Constant* element = mask == nullptr ? nullptr : mask->getAggregateElement(last);
      const bool cut = element != nullptr && element->isNullValue() &&
                       llvm::cast<llvm::Instruction>(user)->getOpcode() == llvm::Instruction::And;
      if (!cut && NeedsLastElement(*user, depth - 1)) return true;
    } else {
      return true;
    }
  }
  return false;
}

// Vectors are cast to others of the same bits.
llvm::Value* WithoutCasts(llvm::Value* value) {
  while (auto* cast = llvm::dyn_cast<llvm::BitCastInst>(value)) value = cast->getOperand(0);
  return value;
}

// The load of a number or vector of which the operation changes a part, or null.
llvm::LoadInst* ChangedInPart(llvm::Value* value) {
  auto* change = llvm::dyn_cast<llvm::Instruction>(value);
  if (change == nullptr) return nullptr;
  if (llvm::isa<llvm::InsertElementInst>(change))
    return llvm::dyn_cast<llvm::LoadInst>(WithoutCasts(change->getOperand(0)));
  if (!change->isBitwiseLogicOp()) return nullptr;
  for (unsigned i = 0; i < 2; ++i) {
    llvm::Value* part = change->getOperand(i);
    bool by_constant = llvm::isa<llvm::Constant>(change->getOperand(1 - i));
    if (auto* mask = llvm::dyn_cast<llvm::BinaryOperator>(part);
        mask != nullptr && mask->getOpcode() == llvm::Instruction::And) {
      by_constant = llvm::isa<llvm::Constant>(mask->getOperand(1));
      part = mask->getOperand(0);
    }
    auto* load = llvm::dyn_cast<llvm::LoadInst>(part);
    if (load != nullptr && by_constant) return load;
  }
  return nullptr;
}

}  // namespace

bool ReadsLastByte(const llvm::LoadInst& load) {
  llvm::Type* type = load.getType();
  if (type->isVectorTy()) return NeedsLastElement(load, kDepth);
  if (!type->isIntegerTy() || type->getIntegerBitWidth() <= 8) return true;
  return NeedsBits(load, static_cast<int>(type->getIntegerBitWidth()) - 8, kDepth);
}

bool ChangesElement(const llvm::StoreInst& store) {
  llvm::Value* value = WithoutCasts(const_cast<llvm::Value*>(store.getValueOperand()));
  return llvm::isa<llvm::InsertElementInst>(value) && ChangedInPart(value) != nullptr;
}

llvm::PreservedAnalyses KeepAccessesWholePass::run(llvm::Function& function,
                                                   llvm::FunctionAnalysisManager& /*analyses*/) {
  if (!IsWasmFunction(function)) return llvm::PreservedAnalyses::all();
  llvm::SmallSetVector<llvm::LoadInst*, 16> loads;
  for (llvm::BasicBlock& block : function) {
    for (llvm::Instruction& instruction : block) {
      if (!IsLinearMemoryAccess(instruction)) continue;
      if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction)) {
        if (!load->use_empty() && !ReadsLastByte(*load)) loads.insert(load);
      } else if (auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction)) {
        llvm::LoadInst* changed = ChangedInPart(WithoutCasts(store->getValueOperand()));
        if (changed != nullptr && IsLinearMemoryAccess(*changed)) loads.insert(changed);
      }
    }
  }
  for (llvm::LoadInst* load : loads) KeepLoadWhole(*load);
  return llvm::PreservedAnalyses::none();
}

}  // namespace tenon::compiler
