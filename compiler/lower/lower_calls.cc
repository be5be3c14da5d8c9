// Calls: within the instance, through tables and references, and to other instances and the
// host; each also as a tail call.
//
// A call that may leave the instance hands the execution environment over and takes it back
// (abi.h, VmContext). A tail call only hands it over.
#include "compiler/lower/function_lowering.h"
#include "compiler/wasm/type_relations.h"

namespace tenon::compiler {

// Memory of this function's frame for a callee's results; free again once they are loaded.
llvm::Value* FunctionLowering::ResultsBuffer(std::size_t cells) {
  llvm::AllocaInst*& buffer = result_buffers_[cells];
  if (buffer == nullptr) {
    llvm::IRBuilder<> entry(&native_->getEntryBlock(), native_->getEntryBlock().begin());
    buffer = entry.CreateAlloca(llvm::ArrayType::get(lowering_.i64, cells));
    buffer->setAlignment(llvm::Align(16));
  }
  return buffer;
}

std::vector<llvm::Value*> FunctionLowering::CallAndLoad(const Callee& callee,
                                                        const wasm::FunctionType& type,
                                                        std::vector<llvm::Value*> arguments) {
  std::vector<llvm::Value*> results;
  if (ModuleLowering::ResultsInMemory(type)) {
    llvm::Value* buffer = ResultsBuffer(ModuleLowering::ResultCells(type));
    arguments.insert(arguments.begin(), buffer);
    lowering_.EmitCall(builder_, callee, type, std::move(arguments));
    std::size_t cell = 0;
    for (const ValueType result : type.results) {
      results.push_back(builder_.CreateAlignedLoad(
          lowering_.TypeOf(result), lowering_.Offset(builder_, buffer, 8 * cell), llvm::Align(8)));
      cell += abi::CellsOf(result);
    }
    return results;
  }
  llvm::CallInst* call = lowering_.EmitCall(builder_, callee, type, std::move(arguments));
  if (type.results.size() == 1) {
    results.push_back(call);
  } else {
    for (unsigned i = 0; i < type.results.size(); ++i) {
      results.push_back(builder_.CreateExtractValue(call, i));
    }
  }
  return results;
}

// Makes this instance's execution environment that of the callee's.
void FunctionLowering::HandOver(llvm::Value* callee_context) {
  llvm::MDNode* tag = lowering_.AliasTag(AliasClass::kContext);
  for (const std::size_t field :
       {offsetof(abi::VmContext, exec_env), offsetof(abi::VmContext, stack_limit)}) {
    llvm::Value* value =
        Load(lowering_.pointer, lowering_.Offset(builder_, Context(), field), tag, 8);
    Store(value, lowering_.Offset(builder_, callee_context, field), tag, 8);
  }
}

llvm::Value* FunctionLowering::TraitsOf(llvm::Value* callee_context) {
  return Load(lowering_.i32,
              lowering_.Offset(builder_, callee_context, offsetof(abi::VmContext, traits)),
              lowering_.AliasTag(AliasClass::kContext), 4);
}

void FunctionLowering::StoreInEnvironment(llvm::Value* value, std::uint64_t offset) {
  llvm::MDNode* tag = lowering_.AliasTag(AliasClass::kContext);
  llvm::Value* environment =
      Load(lowering_.pointer,
           lowering_.Offset(builder_, Context(), offsetof(abi::VmContext, exec_env)), tag, 8);
  Store(value, lowering_.Offset(builder_, environment, offset), tag, 8);
}

// In a module with exceptions: the code to call so that an exception comes back to this function.
// Modules without know nothing of it, and are called through a guard (abi.h, exceptions).
llvm::Value* FunctionLowering::GuardedCode(llvm::Value* record, llvm::Value* context,
                                           llvm::Value* code, std::uint32_t type_index) {
  llvm::Value* knows = builder_.CreateIsNotNull(builder_.CreateAnd(
      TraitsOf(context), builder_.getInt32(abi::kTraitThrows | abi::kTraitHost)));
  StoreInEnvironment(record, abi::kEnvironmentGuardedFunction);
  return builder_.CreateSelect(knows, code, lowering_.ExceptionGuard(type_index));
}

std::vector<llvm::Value*> FunctionLowering::CallForeign(llvm::Value* record,
                                                        std::uint32_t type_index,
                                                        std::vector<llvm::Value*> arguments) {
  Callee callee = CalleeOf(record);
  if (wasm_.uses_exceptions) {
    callee.code = GuardedCode(record, callee.context, callee.code, type_index);
  }
  llvm::MDNode* tag = lowering_.AliasTag(AliasClass::kContext);
  constexpr std::size_t kEnvironment = offsetof(abi::VmContext, exec_env);
  constexpr std::size_t kLimit = offsetof(abi::VmContext, stack_limit);
  const auto own = [&](std::size_t field) { return lowering_.Offset(builder_, Context(), field); };
  llvm::Value* environment = Load(lowering_.pointer, own(kEnvironment), tag, 8);
  llvm::Value* limit = Load(lowering_.pointer, own(kLimit), tag, 8);
  HandOver(callee.context);
  std::vector<llvm::Value*> results =
      CallAndLoad(callee, wasm_.types[type_index], std::move(arguments));
  Store(environment, own(kEnvironment), tag, 8);
  Store(limit, own(kLimit), tag, 8);
  return results;
}

// Leaves the function by a call whose results are this function's.
void FunctionLowering::TailCall(const Callee& callee, const wasm::FunctionType& type,
                                std::vector<llvm::Value*> arguments) {
  if (ModuleLowering::ResultsInMemory(type)) {
    arguments.insert(arguments.begin(), native_->getArg(1));  // this function's own
  }
  llvm::CallInst* call = lowering_.EmitCall(builder_, callee, type, std::move(arguments));
  lowering_.MarkTailCall(call);
  if (native_->getReturnType()->isVoidTy()) {
    builder_.CreateRetVoid();
  } else {
    builder_.CreateRet(call);
  }
  SetUnreachable();
}

// The code and context that a FuncRef names, as any caller may use them.
FunctionLowering::Callee FunctionLowering::CalleeOf(llvm::Value* record) {
  return {
      lowering_.LoadInvariant(builder_, record, offsetof(abi::FuncRef, code), lowering_.pointer),
      lowering_.LoadInvariant(builder_, record, offsetof(abi::FuncRef, context), lowering_.pointer),
      nullptr};
}

// A function of this instance that a FuncRef names.
FunctionLowering::Callee FunctionLowering::OwnCalleeOf(llvm::Value* record) {
  const std::size_t field =
      lowering_.HasWrappers() ? offsetof(abi::WideFuncRef, direct) : offsetof(abi::FuncRef, code);
  return {lowering_.LoadInvariant(builder_, record, field, lowering_.pointer), Context(),
          lowering_.Buffer(builder_, Context())};
}

// A tail call of a function that may be another instance's or the host's.
void FunctionLowering::TailCallForeign(llvm::Value* record, std::uint32_t type_index,
                                       std::vector<llvm::Value*> arguments) {
  const wasm::FunctionType& type = wasm_.types[type_index];
  const Callee callee = CalleeOf(record);
  llvm::Value* has_convention =
      builder_.CreateICmpEQ(TraitsOf(callee.context),
                            builder_.getInt32(static_cast<std::uint32_t>(lowering_.OwnTraits())));
  HandOver(callee.context);
  llvm::Value* buffer = lowering_.Buffer(builder_, Context());
  llvm::Value* code = wasm_.uses_exceptions
                          ? GuardedCode(record, callee.context, callee.code, type_index)
                          : callee.code;
  StoreInEnvironment(code, abi::kEnvironmentTailTarget);
  StoreInEnvironment(buffer, abi::kEnvironmentTailArguments);
  // A function that would look for arguments in its own instance's buffer needs the adapter too.
  const bool has_buffer =
      lowering_.OwnTypeOf(type)->getNumParams() != lowering_.NativeTypeOf(type)->getNumParams();
  llvm::Value* is_direct =
      has_buffer
          ? builder_.CreateAnd(has_convention, builder_.CreateICmpEQ(callee.context, Context()))
          : has_convention;
  // Only records of functions with wrappers have the field.
  llvm::Value* field =
      builder_.CreateSelect(has_convention, builder_.getInt64(offsetof(abi::WideFuncRef, direct)),
                            builder_.getInt64(offsetof(abi::FuncRef, code)));
  llvm::Value* direct = lowering_.LoadInvariant(
      builder_, builder_.CreateInBoundsGEP(builder_.getInt8Ty(), record, field), 0,
      lowering_.pointer);
  llvm::Value* target = builder_.CreateSelect(is_direct, direct, lowering_.TailAdapter(type_index));
  TailCall({target, callee.context, buffer}, type, std::move(arguments));
}

void FunctionLowering::LowerCall(std::uint32_t function_index, bool is_tail) {
  const wasm::Function& function = wasm_.functions[function_index];
  const wasm::FunctionType& type = wasm_.TypeOf(function);
  std::vector<llvm::Value*> arguments = PopMany(type.parameters.size());
  if (!function.imported) {
    llvm::Function* native = lowering_.Declare(function_index);
    const Callee callee{native, Context(), lowering_.Buffer(builder_, Context())};
    if (is_tail) return TailCall(callee, type, std::move(arguments));
    PushAll(CallAndLoad(callee, type, std::move(arguments)));
    if (lowering_.MayThrow(function_index)) CheckForException();
    return;
  }
  llvm::Value* record = lowering_.LoadInvariant(
      builder_, Context(), lowering_.layout.function_imports + std::uint64_t{8} * function_index,
      lowering_.pointer);
  if (is_tail) return TailCallForeign(record, function.type_index, std::move(arguments));
  PushAll(CallForeign(record, function.type_index, std::move(arguments)));
  if (wasm_.uses_exceptions) CheckForException();
}

// Traps unless the function's type is the wanted one or declared to be a subtype of it.
void FunctionLowering::CheckFunctionType(llvm::Value* record, std::uint32_t type_index) {
  llvm::Value* key =
      lowering_.LoadInvariant(builder_, record, offsetof(abi::FuncRef, type_key), lowering_.i64);
  const std::uint64_t known_key = wasm::TypeKeyOf(wasm_, type_index);
  llvm::Value* wanted = builder_.getInt64(known_key);
  if (known_key == abi::kInternedBit) {
    llvm::Value* keys = lowering_.LoadInvariant(
        builder_, Context(), offsetof(abi::VmContext, type_keys), lowering_.pointer);
    wanted = lowering_.LoadInvariant(builder_, keys, std::uint64_t{8} * type_index, lowering_.i64);
  }
  llvm::Value* differs = builder_.CreateICmpNE(key, wanted);
  if (wasm_.type_declarations[type_index].is_final) {
    TrapIf(differs, abi::TrapKind::kIndirectCallTypeMismatch);
    return;
  }
  llvm::BasicBlock* look_up = NewBlock("subtype");
  llvm::BasicBlock* matches = NewBlock("matches");
  builder_.CreateCondBr(differs, look_up, matches);
  builder_.SetInsertPoint(look_up);
  llvm::Value* is_subtype =
      lowering_.CallBuiltin(builder_, Context(), abi::Builtin::is_subtype, {key, wanted});
  TrapIf(builder_.CreateIsNull(is_subtype), abi::TrapKind::kIndirectCallTypeMismatch);
  builder_.CreateBr(matches);
  builder_.SetInsertPoint(matches);
}

void FunctionLowering::LowerCallIndirect(const Instruction& instruction, bool is_tail) {
  llvm::Value* slot = TableSlot(instruction.index2, Pop(), abi::TrapKind::kUndefinedElement);
  std::vector<llvm::Value*> arguments = PopMany(wasm_.types[instruction.index].parameters.size());
  llvm::Value* record =
      Load(lowering_.pointer, slot, lowering_.AliasTag(AliasClass::kTableElements), 8);
  const ValueType element_type = wasm_.tables[instruction.index2].element_type;
  if (IsNullable(element_type)) {
    TrapIf(builder_.CreateIsNull(record), abi::TrapKind::kUninitializedElement);
  }
  CheckFunctionType(record, instruction.index);
  CallReference(record, instruction.index, std::move(arguments), is_tail);
}

void FunctionLowering::LowerCallRef(std::uint32_t type_index, bool is_tail) {
  const wasm::FunctionType& type = wasm_.types[type_index];
  llvm::Value* record = Pop();
  std::vector<llvm::Value*> arguments = PopMany(type.parameters.size());
  TrapIf(builder_.CreateIsNull(record), abi::TrapKind::kNullFunctionReference);
  CallReference(record, type_index, std::move(arguments), is_tail);
}

// A function that is not null and of the right type.
void FunctionLowering::CallReference(llvm::Value* record, std::uint32_t type_index,
                                     std::vector<llvm::Value*> arguments, bool is_tail) {
  const wasm::FunctionType& type = wasm_.types[type_index];
  if (!lowering_.funcrefs_may_be_foreign) {
    const Callee own = OwnCalleeOf(record);
    if (is_tail) return TailCall(own, type, std::move(arguments));
    PushAll(CallAndLoad(own, type, std::move(arguments)));
    if (wasm_.uses_exceptions) CheckForException();
    return;
  }
  if (is_tail) return TailCallForeign(record, type_index, std::move(arguments));

  const Callee callee = CalleeOf(record);
  llvm::BasicBlock* own_block = NewBlock("own");
  llvm::BasicBlock* foreign_block = NewBlock("foreign");
  llvm::BasicBlock* done = NewBlock("called");
  builder_.CreateCondBr(builder_.CreateICmpEQ(callee.context, Context()), own_block, foreign_block);
  builder_.SetInsertPoint(own_block);
  const std::vector<llvm::Value*> own_results = CallAndLoad(OwnCalleeOf(record), type, arguments);
  own_block = builder_.GetInsertBlock();
  builder_.CreateBr(done);
  builder_.SetInsertPoint(foreign_block);
  const std::vector<llvm::Value*> foreign_results =
      CallForeign(record, type_index, std::move(arguments));
  foreign_block = builder_.GetInsertBlock();
  builder_.CreateBr(done);
  builder_.SetInsertPoint(done);
  for (std::size_t i = 0; i < own_results.size(); ++i) {
    llvm::PHINode* result = builder_.CreatePHI(own_results[i]->getType(), 2);
    result->addIncoming(own_results[i], own_block);
    result->addIncoming(foreign_results[i], foreign_block);
    Push(result);
  }
  if (wasm_.uses_exceptions) CheckForException();
}

}  // namespace tenon::compiler
