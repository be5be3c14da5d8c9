// The module-wide part of lowering; see module_lowering.h.
#include "compiler/lower/module_lowering.h"

#include <llvm/IR/InlineAsm.h>
#include <llvm/MC/MCSubtargetInfo.h>

#include <string>

#include "compiler/ir/conventions.h"
#include "compiler/target/architecture.h"

namespace tenon::compiler {

namespace {

bool HasFuncRef(const std::vector<ValueType>& types) {
  for (const ValueType type : types) {
    if (IsFunctionReference(type)) return true;
  }
  return false;
}

// A funcref can come from elsewhere only through a shared table, an imported function that is
// itself referenced, an imported global, or a parameter or result at the module's border.
bool FuncRefsMayBeForeign(const wasm::Module& module) {
  if (module.imported_tables != 0) return true;
  for (const wasm::Export& item : module.exports) {
    if (item.kind == ExternKind::kTable) return true;
    if (item.kind == ExternKind::kGlobal && IsFunctionReference(module.globals[item.index].type) &&
        module.globals[item.index].is_mutable) {
      return true;
    }
    if (item.kind == ExternKind::kFunction &&
        HasFuncRef(module.TypeOf(module.functions[item.index]).parameters)) {
      return true;
    }
  }
  for (std::uint32_t i = 0; i < module.imported_functions; ++i) {
    const wasm::Function& function = module.functions[i];
    if (function.referenced || HasFuncRef(module.TypeOf(function).results)) return true;
  }
  for (const wasm::Tag& tag : module.tags) {
    if (HasFuncRef(module.types[tag.type_index].parameters)) return true;
  }
  for (std::uint32_t i = 0; i < module.imported_globals; ++i) {
    if (IsFunctionReference(module.globals[i].type)) return true;
  }
  // An exported function's funcref results and the funcref parameters of imported functions leave
  // the module; a funcref of ours that comes back is still ours. Functions that take
  // funcrefs can also be reached through an exported funcref.
  for (const wasm::Function& function : module.functions) {
    if (function.referenced && HasFuncRef(module.TypeOf(function).parameters)) return true;
  }
  return false;
}

void Return(llvm::IRBuilder<>& builder, llvm::CallInst* call) {
  if (call->getType()->isVoidTy()) {
    builder.CreateRetVoid();
  } else {
    builder.CreateRet(call);
  }
}

llvm::CallingConv::ID ConventionOf(const wasm::Module& wasm, const llvm::Module& module) {
  if (wasm.uses_tail_calls && InfoOf(module).has_tail_convention)
    return llvm::CallingConv::SwiftTail;
  return llvm::CallingConv::C;
}

ModuleLowering::ByteLookup ByteLookupOf(const llvm::TargetMachine& machine) {
  const llvm::Triple& triple = machine.getTargetTriple();
  if (triple.isAArch64()) return ModuleLowering::ByteLookup::kTbl;
  const bool has_pshufb = triple.isX86() && machine.getMCSubtargetInfo()->checkFeatures("+ssse3");
  return has_pshufb ? ModuleLowering::ByteLookup::kPshufb : ModuleLowering::ByteLookup::kNone;
}

}  // namespace

ModuleLowering::ModuleLowering(const wasm::Module& wasm_module,
                               const InstanceLayout& instance_layout,
                               const std::vector<bool>& may_throw, bool single_chunk,
                               const llvm::TargetMachine& machine, llvm::Module& llvm_module)
    : wasm(wasm_module),
      layout(instance_layout),
      byte_lookup(ByteLookupOf(machine)),
      has_fused_multiply_add(
          machine.getMCSubtargetInfo()->checkFeatures(InfoOf(llvm_module).fused_multiply_add)),
      has_rounding(machine.getMCSubtargetInfo()->checkFeatures(InfoOf(llvm_module).rounding)),
      convention(ConventionOf(wasm_module, llvm_module)),
      funcrefs_may_be_foreign(FuncRefsMayBeForeign(wasm_module)),
      module(llvm_module),
      context(llvm_module.getContext()),
      i32(llvm::Type::getInt32Ty(context)),
      i64(llvm::Type::getInt64Ty(context)),
      pointer(llvm::PointerType::get(context, 0)),
      single_chunk_(single_chunk),
      may_throw_(may_throw),
      tags_(context),
      functions_(wasm_module.functions.size(), nullptr) {}

llvm::Type* ModuleLowering::TypeOf(ValueType type) const {
  switch (type) {
    case ValueType::kI32: return i32;
    case ValueType::kI64: return i64;
    case ValueType::kF32: return llvm::Type::getFloatTy(context);
    case ValueType::kF64: return llvm::Type::getDoubleTy(context);
    case ValueType::kV128: return llvm::FixedVectorType::get(i64, 2);
    default: return pointer;  // references
  }
}

llvm::Type* ModuleLowering::ResultTypeOf(const wasm::FunctionType& type) const {
  if (type.results.empty() || ResultsInMemory(type)) return llvm::Type::getVoidTy(context);
  if (type.results.size() == 1) return TypeOf(type.results[0]);
  std::vector<llvm::Type*> members;
  for (const ValueType result : type.results) members.push_back(TypeOf(result));
  return llvm::StructType::get(context, members);
}

llvm::FunctionType* ModuleLowering::NativeTypeOf(const wasm::FunctionType& type) const {
  std::vector<llvm::Type*> parameters = {pointer};
  if (ResultsInMemory(type)) parameters.push_back(pointer);
  for (const ValueType parameter : type.parameters) parameters.push_back(TypeOf(parameter));
  return llvm::FunctionType::get(ResultTypeOf(type), parameters, false);
}

llvm::FunctionType* ModuleLowering::OwnTypeOf(const wasm::FunctionType& type) const {
  if (!wasm.uses_tail_calls) return NativeTypeOf(type);
  std::vector<llvm::Type*> parameters = {pointer};
  if (ResultsInMemory(type)) parameters.push_back(pointer);
  abi::RegisterArguments registers(ResultsInMemory(type));
  for (const ValueType parameter : type.parameters) {
    if (registers.Next(parameter)) parameters.push_back(TypeOf(parameter));
  }
  return llvm::FunctionType::get(ResultTypeOf(type), parameters, false);
}

llvm::CallInst* ModuleLowering::EmitCall(llvm::IRBuilder<>& builder, const Callee& callee,
                                         const wasm::FunctionType& type,
                                         std::vector<llvm::Value*> arguments) const {
  std::vector<llvm::Value*> passed = {callee.context};
  if (callee.buffer == nullptr || !wasm.uses_tail_calls) {
    passed.insert(passed.end(), arguments.begin(), arguments.end());
  } else {
    std::size_t at = 0;
    if (ResultsInMemory(type)) passed.push_back(arguments[at++]);
    abi::RegisterArguments registers(ResultsInMemory(type));
    std::size_t cell = 0;
    for (const ValueType parameter : type.parameters) {
      llvm::Value* argument = arguments[at++];
      if (registers.Next(parameter)) {
        passed.push_back(argument);
        continue;
      }
      StoreCell(builder, argument, callee.buffer, cell);
      cell += abi::CellsOf(parameter);
    }
  }
  llvm::CallInst* call = builder.CreateCall(
      callee.buffer == nullptr ? NativeTypeOf(type) : OwnTypeOf(type), callee.code, passed);
  if (callee.buffer != nullptr) call->setCallingConv(convention);
  MarkContext(*call);
  call->setDoesNotThrow();
  return call;
}

std::vector<llvm::Value*> ModuleLowering::ArgumentsOf(llvm::IRBuilder<>& builder,
                                                      llvm::Function* function,
                                                      const wasm::FunctionType& type,
                                                      llvm::Value* buffer) const {
  std::vector<llvm::Value*> arguments;
  llvm::Function::arg_iterator next = function->arg_begin() + 1;
  if (ResultsInMemory(type)) arguments.push_back(next++);
  abi::RegisterArguments registers(ResultsInMemory(type));
  std::size_t cell = 0;
  for (const ValueType parameter : type.parameters) {
    if (!wasm.uses_tail_calls || registers.Next(parameter)) {
      arguments.push_back(next++);
      continue;
    }
    llvm::Value* address = builder.CreateConstInBoundsGEP1_64(i64, buffer, cell);
    arguments.push_back(builder.CreateAlignedLoad(TypeOf(parameter), address, llvm::Align(8)));
    cell += abi::CellsOf(parameter);
  }
  return arguments;
}

bool ModuleLowering::ResultsInMemory(const wasm::FunctionType& type) {
  return abi::ResultsInMemory(type.results.data(), type.results.size());
}

std::size_t ModuleLowering::ResultCells(const wasm::FunctionType& type) {
  std::size_t cells = 0;
  for (const ValueType result : type.results) cells += abi::CellsOf(result);
  return cells;
}

void ModuleLowering::MarkTailCall(llvm::CallInst* call) const {
  llvm::Function* caller = call->getFunction();
  if (convention == llvm::CallingConv::SwiftTail ||
      caller->getFunctionType() == call->getFunctionType()) {
    call->setTailCallKind(llvm::CallInst::TCK_MustTail);
    return;
  }
  // Where LLVM has no convention for it, it still makes a jump of a call whose arguments fit.
  call->setTailCallKind(llvm::CallInst::TCK_Tail);
  caller->removeFnAttr("disable-tail-calls");
}

void ModuleLowering::StoreCell(llvm::IRBuilder<>& builder, llvm::Value* value, llvm::Value* cells,
                               std::size_t cell) const {
  if (value->getType()->isIntegerTy(32)) value = builder.CreateZExt(value, i64);
  if (value->getType()->isPointerTy()) value = builder.CreatePtrToInt(value, i64);
  builder.CreateAlignedStore(value, builder.CreateConstInBoundsGEP1_64(i64, cells, cell),
                             llvm::Align(8));
}

void ModuleLowering::SetFunctionAttributes(llvm::Function* function) const {
  function->addFnAttr(llvm::Attribute::NoUnwind);
  MakeTraceable(*function, convention == llvm::CallingConv::SwiftTail);
  function->addFnAttr("no-builtins");
  // A call in tail position uses stack, and runaway recursion is a trap, not a loop.
  function->addFnAttr("disable-tail-calls", "true");
}

llvm::Function* ModuleLowering::Declare(std::uint32_t function_index) {
  llvm::Function*& slot = functions_[function_index];
  if (slot != nullptr) return slot;
  const wasm::Function& function = wasm.functions[function_index];
  const bool is_internal =
      single_chunk_ && layout.referenced_index[function_index] == container::kNone;
  slot = llvm::Function::Create(
      OwnTypeOf(wasm.TypeOf(function)),
      is_internal ? llvm::GlobalValue::InternalLinkage : llvm::GlobalValue::ExternalLinkage,
      SymbolName(SymbolKind::kFunction, function_index), module);
  if (!is_internal) slot->setVisibility(llvm::GlobalValue::HiddenVisibility);
  slot->setCallingConv(convention);
  MarkContext(*slot);
  slot->addParamAttr(0, llvm::Attribute::NoUndef);
  slot->addParamAttr(0, llvm::Attribute::NonNull);
  // So what the context says may be read before a loop that might not read it.
  slot->addDereferenceableParamAttr(0, layout.size);
  slot->addParamAttr(0, llvm::Attribute::getWithAlignment(context, llvm::Align(8)));
  SetFunctionAttributes(slot);
  return slot;
}

llvm::Value* ModuleLowering::Offset(llvm::IRBuilder<>& builder, llvm::Value* base,
                                    std::uint64_t offset) const {
  return builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), base, offset);
}

llvm::LoadInst* ModuleLowering::LoadInvariant(llvm::IRBuilder<>& builder, llvm::Value* base,
                                              std::uint64_t offset, llvm::Type* type) const {
  llvm::LoadInst* load =
      builder.CreateAlignedLoad(type, Offset(builder, base, offset), llvm::Align(8));
  load->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(context, {}));
  load->setMetadata(llvm::LLVMContext::MD_noundef, llvm::MDNode::get(context, {}));
  return load;
}

llvm::CallInst* ModuleLowering::CallBuiltin(llvm::IRBuilder<>& builder, llvm::Value* vm_context,
                                            abi::Builtin builtin,
                                            std::vector<llvm::Value*> arguments) const {
  static constexpr const char* kResults[] = {
#define TENON_BUILTIN(name, result, parameters) result,
#include "format/tables/builtins.def"
#undef TENON_BUILTIN
  };
  arguments.insert(arguments.begin(), vm_context);
  std::vector<llvm::Type*> types;
  for (llvm::Value* argument : arguments) types.push_back(argument->getType());
  const auto slot = static_cast<std::size_t>(builtin);
  llvm::Type* result = kResults[slot][0] == 'i'   ? static_cast<llvm::Type*>(i32)
                       : kResults[slot][0] == 'l' ? static_cast<llvm::Type*>(i64)
                       : kResults[slot][0] == 'p' ? static_cast<llvm::Type*>(pointer)
                                                  : builder.getVoidTy();
  llvm::Value* table =
      LoadInvariant(builder, vm_context, offsetof(abi::VmContext, builtins), pointer);
  llvm::Value* code =
      LoadInvariant(builder, table, slot * sizeof(abi::PointerCell<const void>), pointer);
  llvm::CallInst* call =
      builder.CreateCall(llvm::FunctionType::get(result, types, false), code, arguments);
  call->setDoesNotThrow();
  return call;
}

void ModuleLowering::EmitTrap(llvm::IRBuilder<>& builder, llvm::Value* vm_context,
                              abi::TrapKind kind) const {
  builder.CreateCall(TrapFunction(module),
                     {vm_context, builder.getInt32(static_cast<std::uint32_t>(kind))});
  builder.CreateUnreachable();
}

std::vector<bool> TypesWithEntryTrampoline(const wasm::Module& module,
                                           const InstanceLayout& layout) {
  std::vector<bool> needed(module.types.size(), false);
  for (const std::uint32_t index : layout.referenced_functions) {
    needed[module.functions[index].type_index] = true;
  }
  // Host functions that an instance imports carry the trampoline of their type as well.
  for (std::uint32_t i = 0; i < module.imported_functions; ++i) {
    needed[module.functions[i].type_index] = true;
  }
  return needed;
}

std::vector<bool> TypesWithHostThunk(const wasm::Module& module) {
  std::vector<bool> needed(module.types.size(), false);
  for (std::uint32_t i = 0; i < module.imported_functions; ++i) {
    needed[module.functions[i].type_index] = true;
  }
  return needed;
}

void ModuleLowering::LowerEntryTrampoline(std::uint32_t type_index) {
  const wasm::FunctionType& type = wasm.types[type_index];
  llvm::Function* function = CreateFunction(
      llvm::FunctionType::get(llvm::Type::getVoidTy(context), {pointer, pointer, pointer}, false),
      SymbolKind::kEntryTrampoline, type_index, llvm::GlobalValue::ExternalLinkage);
  llvm::IRBuilder<> builder(&function->back());
  llvm::Value* values = function->getArg(2);
  std::vector<llvm::Value*> arguments = {function->getArg(0)};
  if (ResultsInMemory(type)) arguments.push_back(values);
  std::size_t cell = 0;
  for (const ValueType parameter : type.parameters) {
    llvm::Value* address = builder.CreateConstInBoundsGEP1_64(i64, values, cell);
    arguments.push_back(builder.CreateAlignedLoad(TypeOf(parameter), address, llvm::Align(8)));
    cell += abi::CellsOf(parameter);
  }
  llvm::CallInst* call = builder.CreateCall(NativeTypeOf(type), function->getArg(1), arguments);
  MarkContext(*call);
  call->setDoesNotThrow();
  if (type.results.size() == 1) {
    StoreCell(builder, call, values, 0);
  } else if (!ResultsInMemory(type)) {
    cell = 0;
    for (unsigned i = 0; i < type.results.size(); ++i) {
      StoreCell(builder, builder.CreateExtractValue(call, i), values, cell);
      cell += abi::CellsOf(type.results[i]);
    }
  }
  builder.CreateRetVoid();
}

void ModuleLowering::LowerHostThunk(std::uint32_t type_index) {
  const wasm::FunctionType& type = wasm.types[type_index];
  llvm::Function* function = CreateFunction(NativeTypeOf(type), SymbolKind::kHostThunk, type_index,
                                            llvm::GlobalValue::ExternalLinkage);
  llvm::IRBuilder<> builder(&function->back());
  llvm::Value* host = function->getArg(0);
  llvm::LoadInst* environment = builder.CreateAlignedLoad(
      pointer, Offset(builder, host, offsetof(abi::HostFunction, exec_env)), llvm::Align(8));
  llvm::Value* table = LoadInvariant(builder, host, offsetof(abi::HostFunction, builtins), pointer);
  llvm::Value* code = LoadInvariant(
      builder, table,
      static_cast<std::size_t>(abi::Builtin::host_call) * sizeof(abi::PointerCell<const void>),
      pointer);

  // The HostFunction in a register outside of the C convention's arguments; then what the native
  // function sees.
  std::vector<llvm::Value*> arguments = {host, environment};
  llvm::Function::arg_iterator parameter = function->arg_begin() + 1;
  if (ResultsInMemory(type)) arguments.insert(arguments.begin() + 1, parameter++);
  while (parameter != function->arg_end()) arguments.push_back(parameter++);
  std::vector<llvm::Type*> types;
  for (const llvm::Value* argument : arguments) types.push_back(argument->getType());
  llvm::CallInst* call = builder.CreateCall(
      llvm::FunctionType::get(ResultTypeOf(type), types, false), code, arguments);
  call->addParamAttr(0, InfoOf(module).host_function == HostFunctionRegister::kNest
                            ? llvm::Attribute::Nest
                            : llvm::Attribute::SwiftSelf);
  call->setDoesNotThrow();
  // A jump, unless the argument that there is more needs room on the stack. Backtraces have no use
  // for the thunk.
  function->removeFnAttr("disable-tail-calls");
  call->setTailCall();
  Return(builder, call);
}

llvm::Function* ModuleLowering::FindFunction(SymbolKind kind, std::uint32_t index) const {
  return module.getFunction(SymbolName(kind, index));
}

llvm::Function* ModuleLowering::CreateFunction(llvm::FunctionType* type, SymbolKind kind,
                                               std::uint32_t index,
                                               llvm::GlobalValue::LinkageTypes linkage) {
  auto* function = llvm::Function::Create(type, linkage, SymbolName(kind, index), module);
  if (linkage != llvm::GlobalValue::InternalLinkage)
    function->setVisibility(llvm::GlobalValue::HiddenVisibility);
  MarkContext(*function);
  SetFunctionAttributes(function);
  llvm::BasicBlock::Create(context, "", function);
  return function;
}

void ModuleLowering::LowerWrapper(std::uint32_t function_index) {
  const wasm::FunctionType& type = wasm.TypeOf(wasm.functions[function_index]);
  llvm::Function* wrapper = CreateFunction(NativeTypeOf(type), SymbolKind::kWrapper, function_index,
                                           llvm::GlobalValue::ExternalLinkage);
  llvm::IRBuilder<> builder(&wrapper->back());
  std::vector<llvm::Value*> arguments;
  for (llvm::Argument& argument : llvm::drop_begin(wrapper->args())) arguments.push_back(&argument);
  llvm::Value* own_context = wrapper->getArg(0);
  const Callee callee{Declare(function_index), own_context, Buffer(builder, own_context)};
  llvm::CallInst* call = EmitCall(builder, callee, type, std::move(arguments));
  call->setIsNoInline();  // backtraces find functions by their code
  if (MayThrow(function_index)) {
    // Comes back if this function's caller looks for exceptions too.
    llvm::Value* environment = builder.CreateAlignedLoad(
        pointer, Offset(builder, own_context, offsetof(abi::VmContext, exec_env)), llvm::Align(8));
    llvm::Value* exception = builder.CreateAlignedLoad(
        pointer, Offset(builder, environment, abi::kEnvironmentException), llvm::Align(8));
    llvm::BasicBlock* leaves = llvm::BasicBlock::Create(context, "leaves", wrapper);
    llvm::BasicBlock* returns = llvm::BasicBlock::Create(context, "returns", wrapper);
    builder.CreateCondBr(builder.CreateIsNotNull(exception), leaves, returns);
    builder.SetInsertPoint(leaves);
    CallBuiltin(builder, own_context, abi::Builtin::exception_leaves, {});
    builder.CreateBr(returns);
    builder.SetInsertPoint(returns);
  }
  Return(builder, call);
}

llvm::Function* ModuleLowering::ExceptionGuard(std::uint32_t type_index) {
  if (llvm::Function* known = FindFunction(SymbolKind::kExceptionGuard, type_index)) return known;
  const wasm::FunctionType& type = wasm.types[type_index];
  llvm::Function* guard_function = CreateFunction(NativeTypeOf(type), SymbolKind::kExceptionGuard,
                                                  type_index, llvm::GlobalValue::InternalLinkage);
  llvm::IRBuilder<> builder(&guard_function->back());
  std::size_t cells = 0;
  for (const ValueType parameter : type.parameters) cells += abi::CellsOf(parameter);
  cells = std::max({cells, ResultCells(type), std::size_t{1}});
  llvm::AllocaInst* values = builder.CreateAlloca(llvm::ArrayType::get(i64, cells));
  values->setAlignment(llvm::Align(16));
  llvm::Value* callee = guard_function->getArg(0);
  const auto load = [&](llvm::Value* base, std::size_t offset) {
    return builder.CreateAlignedLoad(pointer, Offset(builder, base, offset), llvm::Align(8));
  };
  llvm::Value* environment = load(callee, offsetof(abi::VmContext, exec_env));
  llvm::Value* record = load(environment, abi::kEnvironmentGuardedFunction);
  llvm::Function::arg_iterator argument = guard_function->arg_begin() + 1;
  llvm::Value* results = ResultsInMemory(type) ? argument++ : nullptr;
  std::size_t cell = 0;
  for (const ValueType parameter : type.parameters) {
    StoreCell(builder, argument++, values, cell);
    cell += abi::CellsOf(parameter);
  }
  // host_call with the environment's own host function, which calls into wasm again.
  llvm::Value* host = Offset(builder, environment, abi::kEnvironmentGuard);
  llvm::Value* table = load(host, offsetof(abi::HostFunction, builtins));
  llvm::Value* code = load(table, static_cast<std::size_t>(abi::Builtin::host_call) *
                                      sizeof(abi::PointerCell<const void>));
  llvm::CallInst* call = builder.CreateCall(
      llvm::FunctionType::get(builder.getVoidTy(), {pointer, pointer, pointer, pointer}, false),
      code, {host, environment, record, values});
  call->addParamAttr(0, InfoOf(module).host_function == HostFunctionRegister::kNest
                            ? llvm::Attribute::Nest
                            : llvm::Attribute::SwiftSelf);
  call->setDoesNotThrow();
  cell = 0;
  llvm::Value* aggregate = nullptr;
  if (!ResultTypeOf(type)->isVoidTy()) aggregate = llvm::PoisonValue::get(ResultTypeOf(type));
  for (unsigned i = 0; i < type.results.size(); ++i) {
    llvm::Value* result = builder.CreateAlignedLoad(
        TypeOf(type.results[i]), builder.CreateConstInBoundsGEP1_64(i64, values, cell),
        llvm::Align(8));
    if (results != nullptr) {
      StoreCell(builder, result, results, cell);
    } else {
      aggregate =
          type.results.size() == 1 ? result : builder.CreateInsertValue(aggregate, result, i);
    }
    cell += abi::CellsOf(type.results[i]);
  }
  if (aggregate == nullptr) {
    builder.CreateRetVoid();
  } else {
    builder.CreateRet(aggregate);
  }
  return guard_function;
}

llvm::Function* ModuleLowering::TailAdapter(std::uint32_t type_index) {
  if (llvm::Function* known = FindFunction(SymbolKind::kTailAdapter, type_index)) return known;
  const wasm::FunctionType& type = wasm.types[type_index];
  llvm::Function* adapter = CreateFunction(OwnTypeOf(type), SymbolKind::kTailAdapter, type_index,
                                           llvm::GlobalValue::InternalLinkage);
  adapter->setCallingConv(convention);
  llvm::IRBuilder<> builder(&adapter->back());
  const auto load = [&](llvm::Value* base, std::size_t offset) {
    return builder.CreateAlignedLoad(pointer, Offset(builder, base, offset), llvm::Align(8));
  };
  llvm::Value* environment = load(adapter->getArg(0), offsetof(abi::VmContext, exec_env));
  llvm::Value* code = load(environment, abi::kEnvironmentTailTarget);
  llvm::Value* buffer = load(environment, abi::kEnvironmentTailArguments);
  const Callee callee{code, adapter->getArg(0), nullptr};
  Return(builder, EmitCall(builder, callee, type, ArgumentsOf(builder, adapter, type, buffer)));
  return adapter;
}

void ModuleLowering::Lower(const Chunk& chunk) {
  for (std::uint32_t i = chunk.first; i < chunk.last; ++i) {
    LowerFunction(*this, i);
    if (HasWrappers() && layout.referenced_index[i] != container::kNone) LowerWrapper(i);
  }
  if (!chunk.carries_thunks) return;
  const std::vector<bool> trampolines = TypesWithEntryTrampoline(wasm, layout);
  const std::vector<bool> thunks = TypesWithHostThunk(wasm);
  for (std::uint32_t i = 0; i < wasm.types.size(); ++i) {
    if (trampolines[i]) LowerEntryTrampoline(i);
    if (thunks[i]) LowerHostThunk(i);
  }
}

}  // namespace tenon::compiler
