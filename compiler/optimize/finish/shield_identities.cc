// WebAssembly's arithmetic turns a signalling NaN into a quiet one (core specification, section
// 4.3.3), also where it leaves every number as it is. LLVM takes all NaNs for quiet: x * 1, x / 1,
// x - 0 and x + -0 are x to it, -0 - x and x * -1 change x's sign alone, the demotion of a promoted
// number is that number, and what is added to a NaN is that NaN. Operations on non-constants are
// instructions in the end, and those quiet.
//
// So the constants 0, 1, -1 and NaN are hidden behind a fence (llvm.arithmetic.fence, which is no
// instruction) where they can come to arithmetic: as its operand, or through phis, selections, bit
// casts, lanes, parameters and results of this module's functions, which the optimiser inlines.
// Also where LLVM would put one in a variable's place: stored, which later loads of the same place
// would see, and compared for equality, which holds below the branch. A widened number is fenced on
// its way to a demotion likewise. Numbers that integers become after unrolling are not looked for.
#include "compiler/optimize/finish/shield_identities.h"

#include <llvm/ADT/DenseSet.h>
#include <llvm/Analysis/ConstantFolding.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Operator.h>
#include <llvm/Transforms/Utils/Local.h>

#include <utility>
#include <vector>

namespace tenon::compiler {

namespace {

bool IsFusedMultiplyAdd(const llvm::Instruction& instruction) {
  const auto* call = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction);
  return call != nullptr && call->getIntrinsicID() == llvm::Intrinsic::fma;
}

bool IsArithmetic(const llvm::Instruction& instruction) {
  return instruction.getType()->isFPOrFPVectorTy() &&
         (instruction.isBinaryOp() || IsFusedMultiplyAdd(instruction));
}

// An operation that may be gone when its result is one of these.
bool MayBeIdentity(const llvm::APFloat& number) {
  return number.isZero() || number.isNaN() || number.isExactlyValue(1.0) ||
         number.isExactlyValue(-1.0);
}

// `constant` seen as one number or several of type `number`, or null if it is nothing such.
llvm::Constant* AsNumbers(llvm::Constant* constant, llvm::Type* number,
                          const llvm::DataLayout& layout) {
  constant = llvm::ConstantFoldConstant(constant, layout);
  llvm::Type* type = constant->getType();
  if (type->getScalarType() == number) return constant;
  const auto bits = static_cast<unsigned>(type->getPrimitiveSizeInBits());
  const auto number_bits = static_cast<unsigned>(number->getPrimitiveSizeInBits());
  if (bits == 0 || bits % number_bits != 0) return nullptr;
  llvm::Type* seen_as =
      bits == number_bits ? number : llvm::FixedVectorType::get(number, bits / number_bits);
  return llvm::ConstantFoldCastOperand(llvm::Instruction::BitCast, constant, seen_as, layout);
}

bool HasIdentity(const llvm::Constant* numbers) {
  if (const auto* one = llvm::dyn_cast<llvm::ConstantFP>(numbers);
      one != nullptr && !one->getType()->isVectorTy()) {
    return MayBeIdentity(one->getValueAPF());
  }
  const auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(numbers->getType());
  for (unsigned i = 0; vector != nullptr && i < vector->getNumElements(); ++i) {
    const auto* lane = llvm::dyn_cast_or_null<llvm::ConstantFP>(numbers->getAggregateElement(i));
    if (lane != nullptr && MayBeIdentity(lane->getValueAPF())) return true;
  }
  return false;
}

// Whether an integer that is converted is one of some constants.
bool IsOfConstants(const llvm::Value* value) {
  if (llvm::isa<llvm::Constant>(value)) return true;
  if (const auto* selection = llvm::dyn_cast<llvm::SelectInst>(value))
    return IsOfConstants(selection->getTrueValue()) && IsOfConstants(selection->getFalseValue());
  if (const auto* phi = llvm::dyn_cast<llvm::PHINode>(value))
    return llvm::all_of(phi->incoming_values(), llvm::IsaPred<llvm::Constant>);
  if (const auto* cast = llvm::dyn_cast<llvm::CastInst>(value);
      cast != nullptr && cast->isIntegerCast())
    return cast->getSrcTy()->isIntegerTy(1) || IsOfConstants(cast->getOperand(0));
  if (const auto* argument = llvm::dyn_cast<llvm::Argument>(value)) {
    return llvm::any_of(argument->getParent()->users(), [&](const llvm::User* user) {
      const auto* call = llvm::dyn_cast<llvm::CallInst>(user);
      return call != nullptr && call->getCalledFunction() == argument->getParent() &&
             llvm::isa<llvm::Constant>(call->getArgOperand(argument->getArgNo()));
    });
  }
  return false;
}

class Shield {
 public:
  explicit Shield(llvm::Module& module) : layout_(module.getDataLayout()) {
    for (llvm::Function& function : module) {
      for (llvm::Instruction& instruction : llvm::instructions(function)) AddUser(instruction);
    }
    while (!work_.empty()) {
      const Source source = work_.back();
      work_.pop_back();
      Follow(source);
    }
  }

 private:
  // What may come to an operation through `use`: identities among numbers of a type or, if that is
  // null, numbers that were widened.
  struct Source {
    llvm::Use* use;
    llvm::Type* number;
  };

  void Add(llvm::Use& use, llvm::Type* number) {
    if (visited_.insert({&use, number}).second) work_.push_back({&use, number});
  }
  void AddUser(llvm::Instruction& instruction) {
    if (IsArithmetic(instruction)) {
      const unsigned operands = instruction.isBinaryOp() ? 2 : 3;
      for (unsigned i = 0; i < operands; ++i)
        Add(instruction.getOperandUse(i), instruction.getType()->getScalarType());
    } else if (llvm::isa<llvm::FPTruncInst>(instruction)) {
      Add(instruction.getOperandUse(0), nullptr);
    } else if (auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction)) {
      llvm::Type* type = store->getValueOperand()->getType();
      if (type->isFloatingPointTy()) Add(store->getOperandUse(0), type);
    } else if (auto* comparison = llvm::dyn_cast<llvm::FCmpInst>(&instruction)) {
      AddEquality(*comparison);
    }
  }
  void AddEquality(llvm::FCmpInst& comparison) {
    if (!comparison.isEquality()) return;
    for (llvm::Use& operand : comparison.operands()) {
      const auto* constant = llvm::dyn_cast<llvm::ConstantFP>(operand);
      if (constant != nullptr && !constant->isZero())
        Add(operand, constant->getType()->getScalarType());
    }
  }

  void Follow(const Source& source) {
    llvm::Value* value = source.use->get();
    if (auto* constant = llvm::dyn_cast<llvm::Constant>(value)) {
      if (source.number != nullptr) FenceConstant(*source.use, constant, source.number);
    } else if (auto* argument = llvm::dyn_cast<llvm::Argument>(value)) {
      for (llvm::User* user : argument->getParent()->users()) {
        auto* call = llvm::dyn_cast<llvm::CallInst>(user);
        if (call != nullptr && call->getCalledFunction() == argument->getParent())
          Add(call->getArgOperandUse(argument->getArgNo()), source.number);
      }
    } else if (llvm::isa<llvm::FPExtInst>(value)) {
      if (source.number == nullptr) Fence(*source.use, value);
    } else if (llvm::isa<llvm::SIToFPInst, llvm::UIToFPInst>(value)) {
      if (source.number != nullptr &&
          IsOfConstants(llvm::cast<llvm::CastInst>(value)->getOperand(0)))
        Fence(*source.use, value);
    } else if (auto* call = llvm::dyn_cast<llvm::CallInst>(value)) {
      FollowCall(*call, source.number);
    } else {
      auto* instruction = llvm::cast<llvm::Instruction>(value);
      if (HandsOn(*instruction)) {
        for (llvm::Use& operand : instruction->operands()) Add(operand, source.number);
      }
    }
  }
  static bool HandsOn(const llvm::Instruction& instruction) {
    return llvm::isa<llvm::PHINode, llvm::SelectInst, llvm::BitCastInst, llvm::FreezeInst,
                     llvm::ShuffleVectorInst, llvm::InsertElementInst, llvm::ExtractElementInst,
                     llvm::InsertValueInst, llvm::ExtractValueInst>(instruction) ||
           instruction.getOpcode() == llvm::Instruction::FNeg;
  }
  void FollowCall(llvm::CallInst& call, llvm::Type* number) {
    llvm::Function* callee = call.getCalledFunction();
    if (callee == nullptr) return;
    if (callee->getIntrinsicID() == llvm::Intrinsic::fabs ||
        callee->getIntrinsicID() == llvm::Intrinsic::copysign) {
      Add(call.getArgOperandUse(0), number);
    }
    for (llvm::BasicBlock& block : *callee) {
      auto* end = llvm::dyn_cast<llvm::ReturnInst>(block.getTerminator());
      if (end != nullptr && end->getReturnValue() != nullptr) Add(end->getOperandUse(0), number);
    }
  }

  // A builder for what the user of `use` is to get.
  static llvm::IRBuilder<> Before(const llvm::Use& use) {
    auto* user = llvm::cast<llvm::Instruction>(use.getUser());
    auto* phi = llvm::dyn_cast<llvm::PHINode>(user);
    return llvm::IRBuilder<>(phi == nullptr ? user : phi->getIncomingBlock(use)->getTerminator());
  }
  static void Replace(llvm::Use& use, llvm::Value* value) {
    auto* phi = llvm::dyn_cast<llvm::PHINode>(use.getUser());
    if (phi == nullptr) return use.set(value);
    // Several edges may come from one block, and bring the same.
    const llvm::BasicBlock* from = phi->getIncomingBlock(use);
    for (unsigned i = 0; i < phi->getNumIncomingValues(); ++i) {
      if (phi->getIncomingBlock(i) == from) phi->setIncomingValue(i, value);
    }
  }
  static llvm::Value* Fenced(llvm::IRBuilder<>& builder, llvm::Value* value) {
    return builder.CreateIntrinsic(llvm::Intrinsic::arithmetic_fence, {value->getType()}, {value});
  }
  static void Fence(llvm::Use& use, llvm::Value* value) {
    llvm::IRBuilder<> builder = Before(use);
    Replace(use, Fenced(builder, value));
  }
  void FenceConstant(llvm::Use& use, llvm::Constant* constant, llvm::Type* number) {
    if (constant->getType()->isStructTy()) return FenceMembers(use, constant, number);
    llvm::Constant* numbers = AsNumbers(constant, number, layout_);
    if (numbers == nullptr || !HasIdentity(numbers)) return;
    llvm::IRBuilder<> builder = Before(use);
    Replace(use, builder.CreateBitCast(Fenced(builder, numbers), constant->getType()));
  }
  // The results of a function that returns several.
  void FenceMembers(llvm::Use& use, llvm::Constant* constant, llvm::Type* number) {
    llvm::IRBuilder<> builder = Before(use);
    llvm::Value* members = constant;
    for (unsigned i = 0; i < constant->getType()->getStructNumElements(); ++i) {
      llvm::Constant* member = constant->getAggregateElement(i);
      llvm::Constant* numbers = AsNumbers(member, number, layout_);
      if (numbers == nullptr || !HasIdentity(numbers)) continue;
      llvm::Value* fenced = builder.CreateBitCast(Fenced(builder, numbers), member->getType());
      members = builder.CreateInsertValue(members, fenced, {i});
    }
    Replace(use, members);
  }

  const llvm::DataLayout& layout_;
  llvm::DenseSet<std::pair<llvm::Use*, llvm::Type*>> visited_;
  std::vector<Source> work_;
};

bool HasNaN(const llvm::Use& operand) {
  const auto* constant = llvm::cast<llvm::Constant>(operand.get());
  const auto is_nan = [](const llvm::Constant* lane) {
    const auto* number = llvm::dyn_cast_or_null<llvm::ConstantFP>(lane);
    return number != nullptr && number->getValueAPF().isNaN();
  };
  const auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(constant->getType());
  if (vector == nullptr) return is_nan(constant);
  for (unsigned i = 0; i < vector->getNumElements(); ++i) {
    if (is_nan(constant->getAggregateElement(i))) return true;
  }
  return false;
}

// Makes constants of what is calculated of constants alone, so that they are seen. To LLVM 1 times
// a NaN that signals is that.
void FoldConstants(llvm::Function& function, const llvm::DataLayout& layout) {
  for (llvm::Instruction& instruction : llvm::make_early_inc_range(llvm::instructions(function))) {
    if (instruction.isTerminator() || instruction.use_empty() || instruction.mayHaveSideEffects() ||
        !llvm::all_of(instruction.operands(), llvm::IsaPred<llvm::Constant>) ||
        (IsArithmetic(instruction) && llvm::any_of(instruction.operands(), HasNaN))) {
      continue;
    }
    llvm::Constant* constant = llvm::ConstantFoldInstruction(&instruction, layout);
    if (constant == nullptr) continue;
    instruction.replaceAllUsesWith(constant);
    if (llvm::isInstructionTriviallyDead(&instruction)) instruction.eraseFromParent();
  }
}

bool CalculatesWithNumbers(const llvm::Module& module) {
  return llvm::any_of(module, [](const llvm::Function& function) {
    return llvm::any_of(llvm::instructions(function), [](const llvm::Instruction& instruction) {
      return IsArithmetic(instruction) || llvm::isa<llvm::FPTruncInst>(instruction);
    });
  });
}

}  // namespace

llvm::PreservedAnalyses ShieldIdentitiesPass::run(llvm::Module& module,
                                                  llvm::ModuleAnalysisManager& /*analyses*/) {
  if (!CalculatesWithNumbers(module)) return llvm::PreservedAnalyses::all();
  for (llvm::Function& function : module) FoldConstants(function, module.getDataLayout());
  const Shield shield(module);
  return llvm::PreservedAnalyses::none();
}

}  // namespace tenon::compiler
