// Calls: within the instance, through tables, and to other instances and the host.
#include "compiler/codegen/function_lowering.h"

namespace tenon::compiler {

void FunctionLowering::PushResults(llvm::Value* call, const wasm::FunctionType& type) {
  if (type.results.size() == 1) {
    Push(call);
  } else {
    for (unsigned i = 0; i < type.results.size(); ++i) Push(builder_.CreateExtractValue(call, i));
  }
}

// A call that leaves the instance hands the execution environment over and takes it back
// (abi.h, VmContext).
llvm::Value* FunctionLowering::CallForeign(llvm::Value* code, llvm::Value* callee_context,
                                           const wasm::FunctionType& type,
                                           std::vector<llvm::Value*> arguments) {
  llvm::MDNode* tag = lowering_.AliasTag(Alias::kHead);
  const auto field = [&](llvm::Value* base, std::size_t offset) {
    return lowering_.Offset(builder_, base, offset);
  };
  constexpr std::size_t kEnvironment = offsetof(abi::VmContext, exec_env);
  constexpr std::size_t kLimit = offsetof(abi::VmContext, stack_limit);
  llvm::Value* environment = Load(lowering_.pointer, field(Context(), kEnvironment), tag, 8);
  llvm::Value* limit = Load(lowering_.pointer, field(Context(), kLimit), tag, 8);
  Store(environment, field(callee_context, kEnvironment), tag, 8);
  Store(limit, field(callee_context, kLimit), tag, 8);
  arguments.insert(arguments.begin(), callee_context);
  llvm::CallInst* call = builder_.CreateCall(lowering_.NativeTypeOf(type), code, arguments);
  ModuleLowering::MarkContext(call);
  Store(environment, field(Context(), kEnvironment), tag, 8);
  Store(limit, field(Context(), kLimit), tag, 8);
  return call;
}

void FunctionLowering::LowerCall(std::uint32_t function_index) {
  const wasm::Function& callee = wasm_.functions[function_index];
  const wasm::FunctionType& type = wasm_.TypeOf(callee);
  std::vector<llvm::Value*> arguments = PopMany(type.parameters.size());
  if (callee.imported) {
    llvm::Value* record = lowering_.LoadInvariant(
        builder_, Context(), lowering_.layout.function_imports + std::uint64_t{8} * function_index,
        lowering_.pointer);
    llvm::Value* code =
        lowering_.LoadInvariant(builder_, record, offsetof(abi::FuncRef, code), lowering_.pointer);
    llvm::Value* context = lowering_.LoadInvariant(
        builder_, record, offsetof(abi::FuncRef, context), lowering_.pointer);
    PushResults(CallForeign(code, context, type, std::move(arguments)), type);
    return;
  }
  arguments.insert(arguments.begin(), Context());
  llvm::CallInst* call = builder_.CreateCall(lowering_.Declare(function_index), arguments);
  ModuleLowering::MarkContext(call);
  PushResults(call, type);
}

void FunctionLowering::LowerCallIndirect(const Instruction& instruction) {
  const wasm::FunctionType& type = wasm_.types[instruction.index];
  llvm::Value* slot = TableSlot(instruction.index2, Pop(), abi::TrapKind::kUndefinedElement);
  std::vector<llvm::Value*> arguments = PopMany(type.parameters.size());
  llvm::Value* record = Load(lowering_.pointer, slot, lowering_.AliasTag(Alias::kTableElements), 8);
  TrapIf(builder_.CreateIsNull(record), abi::TrapKind::kUninitializedElement);

  const std::uint64_t known_key = abi::TypeKey(type.parameters.data(), type.parameters.size(),
                                               type.results.data(), type.results.size());
  llvm::Value* key =
      lowering_.LoadInvariant(builder_, record, offsetof(abi::FuncRef, type_key), lowering_.i64);
  llvm::Value* wanted = builder_.getInt64(known_key);
  if (known_key == abi::kInternedBit) {
    llvm::Value* keys = lowering_.LoadInvariant(
        builder_, Context(), offsetof(abi::VmContext, type_keys), lowering_.pointer);
    wanted = lowering_.LoadInvariant(builder_, keys, std::uint64_t{8} * instruction.index,
                                     lowering_.i64);
  }
  TrapIf(builder_.CreateICmpNE(key, wanted), abi::TrapKind::kIndirectCallTypeMismatch);

  llvm::Value* code =
      lowering_.LoadInvariant(builder_, record, offsetof(abi::FuncRef, code), lowering_.pointer);
  const auto call_own = [&] {
    std::vector<llvm::Value*> all = arguments;
    all.insert(all.begin(), Context());
    llvm::CallInst* call = builder_.CreateCall(lowering_.NativeTypeOf(type), code, all);
    ModuleLowering::MarkContext(call);
    return call;
  };
  if (!lowering_.funcrefs_may_be_foreign) {
    PushResults(call_own(), type);
    return;
  }

  llvm::Value* context =
      lowering_.LoadInvariant(builder_, record, offsetof(abi::FuncRef, context), lowering_.pointer);
  llvm::BasicBlock* own = NewBlock("own");
  llvm::BasicBlock* foreign = NewBlock("foreign");
  llvm::BasicBlock* done = NewBlock("called");
  builder_.CreateCondBr(builder_.CreateICmpEQ(context, Context()), own, foreign);
  builder_.SetInsertPoint(own);
  llvm::Value* own_result = call_own();
  builder_.CreateBr(done);
  builder_.SetInsertPoint(foreign);
  llvm::Value* foreign_result = CallForeign(code, context, type, arguments);
  builder_.CreateBr(done);
  builder_.SetInsertPoint(done);
  if (type.results.empty()) return;
  llvm::PHINode* result = builder_.CreatePHI(own_result->getType(), 2);
  result->addIncoming(own_result, own);
  result->addIncoming(foreign_result, foreign);
  PushResults(result, type);
}

}  // namespace tenon::compiler
