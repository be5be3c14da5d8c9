// See traps.h. Until here a trap is a call that may read all memory, so that the optimiser keeps
// every store before it; what it becomes reads none, which is right only because no pass over IR
// follows.
#include "compiler/optimize/finish/traps.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>

#include <string>

#include "compiler/ir/conventions.h"
#include "compiler/target/architecture.h"
#include "format/abi.h"

namespace tenon::compiler {

namespace {

void CallBuiltin(llvm::IRBuilder<>& builder, llvm::Value* vm_context, llvm::Value* kind) {
  llvm::PointerType* pointer = builder.getPtrTy();
  const auto load = [&](llvm::Value* base, std::size_t offset) {
    return builder.CreateAlignedLoad(
        pointer, builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), base, offset),
        llvm::Align(8));
  };
  llvm::Value* builtins = load(vm_context, offsetof(abi::VmContext, builtins));
  llvm::Value* code = load(builtins, static_cast<std::size_t>(abi::Builtin::trap) *
                                         sizeof(abi::PointerCell<const void>));
  builder
      .CreateCall(
          llvm::FunctionType::get(builder.getVoidTy(), {pointer, builder.getInt32Ty()}, false),
          code, {vm_context, kind})
      ->setDoesNotReturn();
}

void RaiseSignal(llvm::IRBuilder<>& builder, TrapInstruction instruction, std::uint64_t kind) {
  if (instruction == TrapInstruction::kUbsanTrap) {
    builder
        .CreateIntrinsic(llvm::Intrinsic::ubsantrap, {},
                         {builder.getInt8(static_cast<std::uint8_t>(kind))})
        ->setDoesNotReturn();
    return;
  }
  const std::string text = ".2byte 0\n.2byte " + std::to_string(kind);
  llvm::FunctionType* type = llvm::FunctionType::get(builder.getVoidTy(), false);
  builder.CreateCall(type, llvm::InlineAsm::get(type, text, "", /*hasSideEffects=*/true))
      ->setDoesNotReturn();
}

llvm::PreservedAnalyses FinishTraps(llvm::Module& module, TrapInstruction instruction) {
  llvm::Function* const trap = TrapFunction(module);
  for (llvm::User* user : llvm::make_early_inc_range(trap->users())) {
    auto* const call = llvm::cast<llvm::CallInst>(user);
    llvm::IRBuilder<> builder(call);
    llvm::Value* kind = call->getArgOperand(1);
    // The optimiser makes one block of two traps, with a choice of the kind.
    const auto* number = llvm::dyn_cast<llvm::ConstantInt>(kind);
    if (instruction == TrapInstruction::kNone || number == nullptr) {
      CallBuiltin(builder, call->getArgOperand(0), kind);
    } else {
      RaiseSignal(builder, instruction, number->getZExtValue());
    }
    call->eraseFromParent();
  }
  trap->eraseFromParent();
  return llvm::PreservedAnalyses::none();
}

}  // namespace

llvm::PreservedAnalyses TrapByInstructionPass::run(llvm::Module& module,
                                                   llvm::ModuleAnalysisManager& /*analyses*/) {
  return FinishTraps(module, InfoOf(module).trap);
}

llvm::PreservedAnalyses TrapByCallPass::run(llvm::Module& module,
                                            llvm::ModuleAnalysisManager& /*analyses*/) {
  return FinishTraps(module, TrapInstruction::kNone);
}

}  // namespace tenon::compiler
