// Where the stack is checked, divisions that no instruction does, and loads that code generation
// would make conditional. Which loads must stay for their trap is relax_loads.cc's.
#include "compiler/optimize/finish/prepare.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>
#include <llvm/Transforms/Utils/IntegerDivision.h>

#include <vector>

#include "compiler/ir/conventions.h"
#include "compiler/target/architecture.h"
#include "format/abi.h"

namespace tenon::compiler {

namespace {

bool IsSelectedValue(const llvm::Use& use) {
  return llvm::isa<llvm::SelectInst>(use.getUser()) && use.getOperandNo() != 0;
}

// Whether the one use of a load is as a selected value, or, of vectors, in an operation of which
// that is the one use.
bool IsOnlySelected(const llvm::LoadInst& load) {
  if (!load.hasOneUse()) return false;
  const llvm::Use* use = &*load.use_begin();
  while (!IsSelectedValue(*use)) {
    const llvm::User* user = use->getUser();
    if (!load.getType()->isVectorTy() || !user->getType()->isVectorTy() || !user->hasOneUse())
      return false;
    use = &*user->use_begin();
  }
  return true;
}

}  // namespace

void KeepLoadWhole(llvm::LoadInst& load) {
  llvm::Type* type = load.getType();
  const unsigned bits = static_cast<unsigned>(type->getPrimitiveSizeInBits());
  const bool fits = type->isVectorTy() ? bits == 128 : bits <= 64;
  if (!InfoOf(*load.getModule()).folds_volatile_loads || !fits) return SetPinned(load, true);
  llvm::FunctionType* same = llvm::FunctionType::get(type, {type}, false);
  llvm::IRBuilder<> builder(load.getNextNode());
  // No instruction, but it wants its operand in a register.
  llvm::CallInst* value =
      builder.CreateCall(same,
                         llvm::InlineAsm::get(same, "", type->isIntegerTy() ? "=r,0" : "=x,0",
                                              /*hasSideEffects=*/false),
                         {&load});
  load.replaceUsesWithIf(value, [&](const llvm::Use& use) { return use.getUser() != value; });
}

void SeparateSelectedLoads(llvm::Function& function) {
  if (!InfoOf(*function.getParent()).folds_volatile_loads) return;
  std::vector<llvm::LoadInst*> loads;
  for (llvm::BasicBlock& block : function) {
    for (llvm::Instruction& instruction : block) {
      auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction);
      if (load != nullptr && IsPinned(*load) && IsOnlySelected(*load)) loads.push_back(load);
    }
  }
  for (llvm::LoadInst* load : loads) KeepLoadWhole(*load);
}

void ExpandWideDivisions(llvm::Function& function) {
  std::vector<llvm::BinaryOperator*> divisions;
  for (llvm::BasicBlock& block : function) {
    for (llvm::Instruction& instruction : block) {
      if (instruction.isIntDivRem() && instruction.getType()->getScalarSizeInBits() > 64 &&
          !instruction.getType()->isVectorTy())
        divisions.push_back(llvm::cast<llvm::BinaryOperator>(&instruction));
    }
  }
  for (llvm::BinaryOperator* division : divisions) {
    const auto opcode = division->getOpcode();
    if (opcode == llvm::Instruction::SDiv || opcode == llvm::Instruction::UDiv) {
      llvm::expandDivision(division);
    } else {
      llvm::expandRemainder(division);
    }
  }
}

void InsertStackCheck(llvm::Function& function) {
  bool calls = false;
  for (llvm::BasicBlock& block : function) {
    for (llvm::Instruction& instruction : block) {
      const auto* call = llvm::dyn_cast<llvm::CallInst>(&instruction);
      if (call == nullptr || llvm::isa<llvm::IntrinsicInst>(call) || call->isInlineAsm()) continue;
      // Only the call of the trap builtin needs no check. LLVM also finds endless recursion to
      // be noreturn, but those calls are direct.
      if (!(call->isIndirectCall() && call->doesNotReturn())) calls = true;
    }
  }
  if (!calls) return;

  llvm::LLVMContext& context = function.getContext();
  llvm::BasicBlock* entry = &function.getEntryBlock();
  llvm::BasicBlock* body = entry->splitBasicBlock(entry->getFirstNonPHIOrDbgOrAlloca(), "body");
  llvm::BasicBlock* trap = llvm::BasicBlock::Create(context, "overflow", &function);
  entry->getTerminator()->eraseFromParent();
  llvm::IRBuilder<> builder(entry);
  llvm::Value* vm_context = function.getArg(kContextArgument);
  llvm::PointerType* pointer = llvm::PointerType::get(context, 0);
  const ArchitectureInfo& architecture = InfoOf(*function.getParent());
  // Read after the prologue, so it includes this function's frame.
  llvm::Value* name = llvm::MetadataAsValue::get(
      context,
      llvm::MDNode::get(context, {llvm::MDString::get(context, architecture.stack_pointer)}));
  llvm::IntegerType* word = builder.getIntNTy(architecture.pointer_bits);
  llvm::Value* stack_pointer =
      builder.CreateIntrinsic(llvm::Intrinsic::read_register, {word}, {name});
  llvm::Value* limit = builder.CreateAlignedLoad(
      word,
      builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), vm_context,
                                         offsetof(abi::VmContext, stack_limit)),
      llvm::Align(8));
  MarkFirstSuccessorUnlikely(
      *builder.CreateCondBr(builder.CreateICmpULT(stack_pointer, limit), trap, body));

  builder.SetInsertPoint(trap);
  const auto load_pointer = [&](llvm::Value* base, std::size_t offset) {
    return builder.CreateAlignedLoad(
        pointer, builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), base, offset),
        llvm::Align(8));
  };
  llvm::Value* builtins = load_pointer(vm_context, offsetof(abi::VmContext, builtins));
  llvm::Value* code = load_pointer(builtins, static_cast<std::size_t>(abi::Builtin::trap) *
                                                 sizeof(abi::PointerCell<const void>));
  builder
      .CreateCall(
          llvm::FunctionType::get(builder.getVoidTy(), {pointer, builder.getInt32Ty()}, false),
          code,
          {vm_context,
           builder.getInt32(static_cast<std::uint32_t>(abi::TrapKind::kCallStackExhausted))})
      ->setDoesNotReturn();
  builder.CreateUnreachable();
}

}  // namespace tenon::compiler
