// See stack_checks.h. Functions that call nothing fit into the reserve below the limit (abi.h).
#include "compiler/optimize/finish/stack_checks.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>

#include "compiler/ir/conventions.h"
#include "compiler/target/architecture.h"
#include "format/abi.h"

namespace tenon::compiler {

namespace {

void InsertStackCheck(llvm::Function& function) {
  bool calls = false;
  for (llvm::BasicBlock& block : function) {
    for (llvm::Instruction& instruction : block) {
      const auto* call = llvm::dyn_cast<llvm::CallInst>(&instruction);
      if (call == nullptr || !IsCall(*call) || call->isInlineAsm()) continue;
      if (!IsTrapCall(*call)) calls = true;
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
  builder.CreateCall(
      TrapFunction(*function.getParent()),
      {vm_context,
       builder.getInt32(static_cast<std::uint32_t>(abi::TrapKind::kCallStackExhausted))});
  builder.CreateUnreachable();
}

}  // namespace

llvm::PreservedAnalyses InsertStackChecksPass::run(llvm::Function& function,
                                                   llvm::FunctionAnalysisManager& /*analyses*/) {
  if (!IsWasmFunction(function)) return llvm::PreservedAnalyses::all();
  InsertStackCheck(function);
  return llvm::PreservedAnalyses::none();
}

}  // namespace tenon::compiler
