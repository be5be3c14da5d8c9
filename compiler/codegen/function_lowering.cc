// Lowers one function body to LLVM IR.
//
// The operand stack becomes SSA values; locals are stack slots that mem2reg turns into SSA right
// after (prepare.cc); block results and loop parameters are phis. The module is valid, so
// nothing is checked here. Nesting is kept on a vector, never on the native stack.
//
// In guard mode loads are emitted volatile; prepare.cc makes those plain whose value is used, so
// that the optimiser can drop none whose trap is all it does (core specification, section 4.4.7).
#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/MDBuilder.h>

#include <cassert>
#include <map>

#include "compiler/codegen/module_lowering.h"
#include "compiler/wasm/instruction.h"
#include "compiler/wasm/opcode_info.h"

namespace tenon::compiler {

namespace {

using wasm::Instruction;
using wasm::Opcode;
using Alias = ModuleLowering::Alias;

struct ControlFrame {
  enum class Kind { kFunction, kBlock, kLoop, kIf, kElse };
  Kind kind;
  llvm::BasicBlock* end;  // what follows the construct
  llvm::BasicBlock* loop_header = nullptr;
  llvm::BasicBlock* else_block = nullptr;
  std::vector<llvm::PHINode*> end_phis = {};
  std::vector<llvm::PHINode*> loop_phis = {};
  std::vector<llvm::Value*> else_operands = {};  // the if's parameters, for the else branch
  std::size_t height = 0;            // of the operand stack below the construct's parameters
  bool entered_unreachable = false;  // the whole construct is dead code
};

class FunctionLowering {
 public:
  FunctionLowering(ModuleLowering& lowering, std::uint32_t function_index)
      : lowering_(lowering),
        wasm_(lowering.wasm),
        function_(wasm_.functions[function_index]),
        type_(wasm_.TypeOf(function_)),
        native_(lowering.Declare(function_index)),
        builder_(lowering.context) {}

  void Lower();

 private:
  void LowerInstruction(const Instruction& instruction);
  void LowerSimple(const Instruction& instruction);
  void LowerControl(const Instruction& instruction);
  void LowerLoad(const Instruction& instruction);
  void LowerStore(const Instruction& instruction);
  void LowerNumeric(Opcode opcode);
  bool LowerInteger(Opcode opcode);
  bool LowerFloat(Opcode opcode);
  void LowerConversion(Opcode opcode);
  void LowerBulk(const Instruction& instruction);

  // ---- operand stack
  void Push(llvm::Value* value) { stack_.push_back(value); }
  llvm::Value* Pop() {
    llvm::Value* value = stack_.back();
    stack_.pop_back();
    return value;
  }
  std::vector<llvm::Value*> PopMany(std::size_t count) {
    std::vector<llvm::Value*> values(stack_.end() - static_cast<std::ptrdiff_t>(count),
                                     stack_.end());
    stack_.resize(stack_.size() - count);
    return values;
  }

  // ---- control
  std::vector<ValueType> ParametersOf(const wasm::BlockType& type) const;
  std::vector<ValueType> ResultsOf(const wasm::BlockType& type) const;
  std::vector<llvm::PHINode*> MakePhis(llvm::BasicBlock* block,
                                       const std::vector<ValueType>& types);
  ControlFrame& Target(std::uint32_t depth) { return control_[control_.size() - 1 - depth]; }
  llvm::BasicBlock* TargetBlock(ControlFrame& frame) {
    return frame.kind == ControlFrame::Kind::kLoop ? frame.loop_header : frame.end;
  }
  std::vector<llvm::PHINode*>& TargetPhis(ControlFrame& frame) {
    return frame.kind == ControlFrame::Kind::kLoop ? frame.loop_phis : frame.end_phis;
  }
  // Adds the operands on top of the stack to the target's phis, from the current block.
  void FeedPhis(std::vector<llvm::PHINode*>& phis);
  void BeginBlock(const Instruction& instruction);
  void Else();
  void End();
  void BranchTable(const Instruction& instruction);
  void SetUnreachable() {
    unreachable_ = true;
    stack_.resize(control_.back().height);
  }
  llvm::BasicBlock* NewBlock(const char* name) {
    return llvm::BasicBlock::Create(lowering_.context, name, native_);
  }

  // ---- traps
  // Branches to the function's trap block of `kind` if `condition`.
  void TrapIf(llvm::Value* condition, abi::TrapKind kind);

  // ---- calls
  void PushResults(llvm::Value* call, const wasm::FunctionType& type);
  llvm::Value* CallForeign(llvm::Value* code, llvm::Value* callee_context,
                           const wasm::FunctionType& type, std::vector<llvm::Value*> arguments);
  void LowerCall(std::uint32_t function_index);
  void LowerCallIndirect(const Instruction& instruction);

  // ---- memory, tables, globals
  llvm::Value* MemoryDescriptor(std::uint32_t memory_index);
  llvm::Value* MemoryField(std::uint32_t memory_index, std::size_t offset, llvm::Type* type,
                           bool never_changes);
  llvm::Value* Address(const Instruction& instruction, llvm::Value* index, std::uint64_t width);
  llvm::Value* TableDescriptor(std::uint32_t table_index);
  llvm::Value* TableSize(std::uint32_t table_index);
  llvm::Value* TableSlot(std::uint32_t table_index, llvm::Value* index, abi::TrapKind kind);
  llvm::Value* GlobalAddress(std::uint32_t global_index);
  llvm::LoadInst* Load(llvm::Type* type, llvm::Value* address, llvm::MDNode* tag,
                       std::uint64_t align) {
    llvm::LoadInst* load = builder_.CreateAlignedLoad(type, address, llvm::Align(align));
    load->setMetadata(llvm::LLVMContext::MD_tbaa, tag);
    return load;
  }
  void Store(llvm::Value* value, llvm::Value* address, llvm::MDNode* tag, std::uint64_t align) {
    builder_.CreateAlignedStore(value, address, llvm::Align(align))
        ->setMetadata(llvm::LLVMContext::MD_tbaa, tag);
  }

  llvm::Value* Context() { return native_->getArg(0); }
  llvm::Value* Intrinsic(llvm::Intrinsic::ID id, std::vector<llvm::Value*> operands) {
    return builder_.CreateIntrinsic(id, {operands[0]->getType()}, operands);
  }
  void PushBool(llvm::Value* condition) { Push(builder_.CreateZExt(condition, lowering_.i32)); }
  llvm::Value* Fence(llvm::Value* value);
  llvm::Value* MinimumMaximum(llvm::Value* a, llvm::Value* b, bool minimum);
  llvm::Value* CheckedDivide(llvm::Value* a, llvm::Value* b, Opcode opcode);
  llvm::Value* CheckedTruncate(llvm::Value* value, llvm::IntegerType* to, bool is_signed);

  ModuleLowering& lowering_;
  const wasm::Module& wasm_;
  const wasm::Function& function_;
  const wasm::FunctionType& type_;
  llvm::Function* native_;
  llvm::IRBuilder<> builder_;
  std::vector<llvm::AllocaInst*> locals_;
  std::vector<llvm::Value*> stack_;
  std::vector<ControlFrame> control_;
  std::map<abi::TrapKind, llvm::BasicBlock*> trap_blocks_;
  bool unreachable_ = false;
  std::uint32_t dead_depth_ = 0;  // constructs opened inside dead code
};

void FunctionLowering::Lower() {
  builder_.SetInsertPoint(NewBlock("entry"));
  for (std::size_t i = 0; i < type_.parameters.size(); ++i) {
    llvm::AllocaInst* slot = builder_.CreateAlloca(lowering_.TypeOf(type_.parameters[i]));
    builder_.CreateStore(native_->getArg(static_cast<unsigned>(i + 1)), slot);
    locals_.push_back(slot);
  }
  for (const wasm::Function::LocalRun& run : function_.locals) {
    llvm::Type* type = lowering_.TypeOf(run.type);
    for (std::uint32_t i = 0; i < run.count; ++i) {
      llvm::AllocaInst* slot = builder_.CreateAlloca(type);
      builder_.CreateStore(llvm::Constant::getNullValue(type), slot);
      locals_.push_back(slot);
    }
  }

  ControlFrame body{.kind = ControlFrame::Kind::kFunction, .end = NewBlock("exit")};
  body.end_phis = MakePhis(body.end, type_.results);
  control_.push_back(std::move(body));

  wasm::InstructionReader reader(function_.body, function_.body_offset);
  while (!control_.empty()) {
    const Result<Instruction> instruction = reader.Next();
    assert(instruction.ok());
    LowerInstruction(*instruction);
  }

  // The frame's end has pushed the function's results.
  if (stack_.empty()) {
    builder_.CreateRetVoid();
  } else if (stack_.size() == 1) {
    builder_.CreateRet(stack_[0]);
  } else {
    llvm::Value* aggregate = llvm::PoisonValue::get(native_->getReturnType());
    for (unsigned i = 0; i < stack_.size(); ++i) {
      aggregate = builder_.CreateInsertValue(aggregate, stack_[i], i);
    }
    builder_.CreateRet(aggregate);
  }
}

// ---- control ------------------------------------------------------------------------------

std::vector<ValueType> FunctionLowering::ParametersOf(const wasm::BlockType& type) const {
  if (type.kind != wasm::BlockType::Kind::kTypeIndex) return {};
  return wasm_.types[type.type_index].parameters;
}

std::vector<ValueType> FunctionLowering::ResultsOf(const wasm::BlockType& type) const {
  switch (type.kind) {
    case wasm::BlockType::Kind::kEmpty: return {};
    case wasm::BlockType::Kind::kValue: return {type.value};
    case wasm::BlockType::Kind::kTypeIndex: return wasm_.types[type.type_index].results;
  }
  return {};
}

std::vector<llvm::PHINode*> FunctionLowering::MakePhis(llvm::BasicBlock* block,
                                                       const std::vector<ValueType>& types) {
  std::vector<llvm::PHINode*> phis;
  for (const ValueType type : types) {
    phis.push_back(llvm::PHINode::Create(lowering_.TypeOf(type), 2, "", block));
  }
  return phis;
}

void FunctionLowering::FeedPhis(std::vector<llvm::PHINode*>& phis) {
  const std::size_t base = stack_.size() - phis.size();
  for (std::size_t i = 0; i < phis.size(); ++i) {
    phis[i]->addIncoming(stack_[base + i], builder_.GetInsertBlock());
  }
}

void FunctionLowering::BeginBlock(const Instruction& instruction) {
  const std::vector<ValueType> parameters = ParametersOf(instruction.block_type);
  ControlFrame frame{.kind = ControlFrame::Kind::kBlock, .end = NewBlock("end")};
  frame.end_phis = MakePhis(frame.end, ResultsOf(instruction.block_type));
  if (instruction.opcode == Opcode::kIf) {
    frame.kind = ControlFrame::Kind::kIf;
    llvm::Value* condition = builder_.CreateICmpNE(Pop(), builder_.getInt32(0));
    llvm::BasicBlock* then_block = NewBlock("then");
    frame.else_block = NewBlock("else");
    frame.else_operands.assign(stack_.end() - static_cast<std::ptrdiff_t>(parameters.size()),
                               stack_.end());
    builder_.CreateCondBr(condition, then_block, frame.else_block);
    builder_.SetInsertPoint(then_block);
  }
  frame.height = stack_.size() - parameters.size();
  if (instruction.opcode == Opcode::kLoop) {
    frame.kind = ControlFrame::Kind::kLoop;
    frame.loop_header = NewBlock("loop");
    frame.loop_phis = MakePhis(frame.loop_header, parameters);
    FeedPhis(frame.loop_phis);
    builder_.CreateBr(frame.loop_header);
    builder_.SetInsertPoint(frame.loop_header);
    stack_.resize(frame.height);
    for (llvm::PHINode* phi : frame.loop_phis) Push(phi);
  }
  control_.push_back(std::move(frame));
}

void FunctionLowering::Else() {
  ControlFrame& frame = control_.back();
  if (!unreachable_) {
    FeedPhis(frame.end_phis);
    builder_.CreateBr(frame.end);
  }
  stack_.resize(frame.height);
  for (llvm::Value* operand : frame.else_operands) Push(operand);
  builder_.SetInsertPoint(frame.else_block);
  frame.kind = ControlFrame::Kind::kElse;
  frame.else_block = nullptr;
  unreachable_ = false;
}

void FunctionLowering::End() {
  ControlFrame frame = std::move(control_.back());
  if (!unreachable_) {
    FeedPhis(frame.end_phis);
    builder_.CreateBr(frame.end);
  }
  if (frame.else_block != nullptr) {
    // An if without else: its parameters are its results.
    builder_.SetInsertPoint(frame.else_block);
    for (std::size_t i = 0; i < frame.end_phis.size(); ++i) {
      frame.end_phis[i]->addIncoming(frame.else_operands[i], frame.else_block);
    }
    builder_.CreateBr(frame.end);
  }
  control_.pop_back();
  stack_.resize(frame.height);
  builder_.SetInsertPoint(frame.end);
  // Nothing may branch here: then what follows is dead, but lowering it as if it were not is
  // harmless and keeps the operand stack typed; LLVM removes it.
  for (llvm::PHINode* phi : frame.end_phis) {
    if (phi->getNumIncomingValues() == 0) {
      phi->replaceAllUsesWith(llvm::PoisonValue::get(phi->getType()));
      Push(llvm::Constant::getNullValue(phi->getType()));
      phi->eraseFromParent();
    } else {
      Push(phi);
    }
  }
  unreachable_ = false;
}

void FunctionLowering::BranchTable(const Instruction& instruction) {
  llvm::Value* selector = Pop();
  const std::span<const std::uint32_t> targets = instruction.targets;
  // A block that is named twice needs one phi entry per edge.
  const auto count = static_cast<unsigned>(targets.size() - 1);
  ControlFrame& fallback = Target(targets.back());
  llvm::SwitchInst* branch = builder_.CreateSwitch(selector, TargetBlock(fallback), count);
  FeedPhis(TargetPhis(fallback));
  for (std::uint32_t i = 0; i < count; ++i) {
    ControlFrame& frame = Target(targets[i]);
    branch->addCase(builder_.getInt32(i), TargetBlock(frame));
    FeedPhis(TargetPhis(frame));
  }
  SetUnreachable();
}

void FunctionLowering::LowerControl(const Instruction& instruction) {
  switch (instruction.opcode) {
    case Opcode::kUnreachable:
      TrapIf(builder_.getTrue(), abi::TrapKind::kUnreachable);
      builder_.CreateUnreachable();
      SetUnreachable();
      break;
    case Opcode::kBlock:
    case Opcode::kLoop:
    case Opcode::kIf: BeginBlock(instruction); break;
    case Opcode::kElse: Else(); break;
    case Opcode::kEnd: End(); break;
    case Opcode::kBr: {
      ControlFrame& frame = Target(instruction.index);
      FeedPhis(TargetPhis(frame));
      builder_.CreateBr(TargetBlock(frame));
      SetUnreachable();
      break;
    }
    case Opcode::kBrIf: {
      llvm::Value* condition = builder_.CreateICmpNE(Pop(), builder_.getInt32(0));
      ControlFrame& frame = Target(instruction.index);
      FeedPhis(TargetPhis(frame));
      llvm::BasicBlock* next = NewBlock("next");
      builder_.CreateCondBr(condition, TargetBlock(frame), next);
      builder_.SetInsertPoint(next);
      break;
    }
    case Opcode::kBrTable: BranchTable(instruction); break;
    case Opcode::kReturn: {
      ControlFrame& frame = control_.front();
      FeedPhis(frame.end_phis);
      builder_.CreateBr(frame.end);
      SetUnreachable();
      break;
    }
    case Opcode::kCall: LowerCall(instruction.index); break;
    case Opcode::kCallIndirect: LowerCallIndirect(instruction); break;
    default: break;
  }
}

void FunctionLowering::LowerInstruction(const Instruction& instruction) {
  if (unreachable_) {
    switch (instruction.opcode) {
      case Opcode::kBlock:
      case Opcode::kLoop:
      case Opcode::kIf: ++dead_depth_; return;
      case Opcode::kElse:
        if (dead_depth_ != 0) return;
        break;
      case Opcode::kEnd:
        if (dead_depth_ != 0) {
          --dead_depth_;
          return;
        }
        break;
      default: return;
    }
  }
  if (instruction.opcode <= Opcode::kCallIndirect) {
    LowerControl(instruction);
  } else {
    LowerSimple(instruction);
  }
}

// ---- traps --------------------------------------------------------------------------------

void FunctionLowering::TrapIf(llvm::Value* condition, abi::TrapKind kind) {
  llvm::BasicBlock*& trap = trap_blocks_[kind];
  if (trap == nullptr) {
    trap = NewBlock("trap");
    llvm::IRBuilder<> builder(trap);
    lowering_.EmitTrap(builder, Context(), kind);
  }
  llvm::BasicBlock* next = NewBlock("checked");
  llvm::BranchInst* branch = builder_.CreateCondBr(condition, trap, next);
  llvm::MDBuilder metadata(lowering_.context);
  branch->setMetadata(llvm::LLVMContext::MD_prof, metadata.createBranchWeights(1, 1 << 20));
  builder_.SetInsertPoint(next);
}

// ---- calls --------------------------------------------------------------------------------

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

// ---- memory, tables, globals -----------------------------------------------------------------

llvm::Value* FunctionLowering::MemoryDescriptor(std::uint32_t memory_index) {
  if (memory_index < wasm_.imported_memories) {
    return lowering_.LoadInvariant(
        builder_, Context(), lowering_.layout.memory_pointers + std::uint64_t{8} * memory_index,
        lowering_.pointer);
  }
  return lowering_.Offset(builder_, Context(),
                          lowering_.layout.memories + sizeof(abi::MemoryInstance) *
                                                          (memory_index - wasm_.imported_memories));
}

llvm::Value* FunctionLowering::MemoryField(std::uint32_t memory_index, std::size_t offset,
                                           llvm::Type* type, bool never_changes) {
  llvm::Value* descriptor = MemoryDescriptor(memory_index);
  if (never_changes) return lowering_.LoadInvariant(builder_, descriptor, offset, type);
  return Load(type, lowering_.Offset(builder_, descriptor, offset),
              lowering_.AliasTag(Alias::kMemoryDescriptor), 8);
}

llvm::Value* FunctionLowering::Address(const Instruction& instruction, llvm::Value* index,
                                       std::uint64_t width) {
  llvm::Value* wide = builder_.CreateZExt(index, lowering_.i64);
  const std::uint64_t reach = instruction.memory_offset + width;
  if (!lowering_.guard || reach > abi::kGuardBytes) {
    llvm::Value* size = MemoryField(
        instruction.memory_index, offsetof(abi::MemoryInstance, size_bytes), lowering_.i64, false);
    const std::uint64_t minimum =
        wasm_.memories[instruction.memory_index].limits.minimum * abi::kPageSize;
    llvm::Value* outside;
    if (reach <= minimum) {
      // A memory never shrinks, so this cannot wrap, and it does not depend on the index.
      llvm::Value* limit = builder_.CreateNUWSub(size, builder_.getInt64(reach));
      outside = builder_.CreateICmpUGT(wide, limit);
    } else {
      llvm::Value* last = builder_.CreateNUWAdd(wide, builder_.getInt64(reach));
      outside = builder_.CreateICmpUGT(last, size);
    }
    TrapIf(outside, abi::TrapKind::kOutOfBoundsMemoryAccess);
  }
  llvm::Value* base = MemoryField(instruction.memory_index, offsetof(abi::MemoryInstance, base),
                                  lowering_.pointer, lowering_.guard);
  const auto flags = llvm::GEPNoWrapFlags::noUnsignedWrap();
  llvm::Value* address = builder_.CreateGEP(builder_.getInt8Ty(), base, wide, "", flags);
  if (instruction.memory_offset == 0) return address;
  return builder_.CreateGEP(builder_.getInt8Ty(), address,
                            builder_.getInt64(instruction.memory_offset), "", flags);
}

void FunctionLowering::LowerLoad(const Instruction& instruction) {
  const unsigned width = 1U << wasm::InfoOf(instruction.opcode).width_log2;
  llvm::Type* result = lowering_.TypeOf(wasm::InfoOf(instruction.opcode).result);
  llvm::Type* stored = result->isFloatingPointTy()
                           ? result
                           : static_cast<llvm::Type*>(builder_.getIntNTy(width * 8));
  llvm::LoadInst* load =
      Load(stored, Address(instruction, Pop(), width), lowering_.AliasTag(Alias::kMemory), 1);
  load->setVolatile(lowering_.guard);
  if (stored == result) {
    Push(load);
    return;
  }
  bool is_signed = false;
  switch (instruction.opcode) {
    case Opcode::kI32Load8S:
    case Opcode::kI32Load16S:
    case Opcode::kI64Load8S:
    case Opcode::kI64Load16S:
    case Opcode::kI64Load32S: is_signed = true; break;
    default: break;
  }
  Push(is_signed ? builder_.CreateSExt(load, result) : builder_.CreateZExt(load, result));
}

void FunctionLowering::LowerStore(const Instruction& instruction) {
  const unsigned width = 1U << wasm::InfoOf(instruction.opcode).width_log2;
  llvm::Value* value = Pop();
  if (value->getType()->isIntegerTy()) {
    value = builder_.CreateTrunc(value, builder_.getIntNTy(width * 8));
  }
  llvm::Value* address = Address(instruction, Pop(), width);
  Store(value, address, lowering_.AliasTag(Alias::kMemory), 1);
}

llvm::Value* FunctionLowering::TableDescriptor(std::uint32_t table_index) {
  if (table_index < wasm_.imported_tables) {
    return lowering_.LoadInvariant(builder_, Context(),
                                   lowering_.layout.table_pointers + std::uint64_t{8} * table_index,
                                   lowering_.pointer);
  }
  return lowering_.Offset(
      builder_, Context(),
      lowering_.layout.tables + sizeof(abi::TableInstance) * (table_index - wasm_.imported_tables));
}

llvm::Value* FunctionLowering::TableSize(std::uint32_t table_index) {
  return Load(
      lowering_.i64,
      lowering_.Offset(builder_, TableDescriptor(table_index), offsetof(abi::TableInstance, size)),
      lowering_.AliasTag(Alias::kTableDescriptor), 8);
}

llvm::Value* FunctionLowering::TableSlot(std::uint32_t table_index, llvm::Value* index,
                                         abi::TrapKind kind) {
  llvm::Value* wide = builder_.CreateZExt(index, lowering_.i64);
  TrapIf(builder_.CreateICmpUGE(wide, TableSize(table_index)), kind);
  llvm::Value* elements = Load(lowering_.pointer,
                               lowering_.Offset(builder_, TableDescriptor(table_index),
                                                offsetof(abi::TableInstance, elements)),
                               lowering_.AliasTag(Alias::kTableDescriptor), 8);
  return builder_.CreateInBoundsGEP(lowering_.pointer, elements, wide);
}

llvm::Value* FunctionLowering::GlobalAddress(std::uint32_t global_index) {
  if (global_index < wasm_.imported_globals) {
    return lowering_.LoadInvariant(
        builder_, Context(), lowering_.layout.global_pointers + std::uint64_t{8} * global_index,
        lowering_.pointer);
  }
  return lowering_.Offset(
      builder_, Context(),
      lowering_.layout.globals + std::uint64_t{16} * (global_index - wasm_.imported_globals));
}

void FunctionLowering::LowerBulk(const Instruction& instruction) {
  const auto number = [&](std::uint32_t value) -> llvm::Value* { return builder_.getInt32(value); };
  const auto call = [&](abi::Builtin builtin, std::vector<llvm::Value*> first,
                        std::size_t operands) {
    for (llvm::Value* operand : PopMany(operands)) first.push_back(operand);
    return lowering_.CallBuiltin(builder_, Context(), builtin, std::move(first));
  };
  const std::uint32_t a = instruction.index;
  const std::uint32_t b = instruction.index2;
  switch (instruction.opcode) {
    case Opcode::kMemoryGrow: Push(call(abi::Builtin::memory_grow, {number(a)}, 1)); break;
    case Opcode::kMemoryInit: call(abi::Builtin::memory_init, {number(b), number(a)}, 3); break;
    case Opcode::kMemoryCopy: call(abi::Builtin::memory_copy, {number(a), number(b)}, 3); break;
    case Opcode::kMemoryFill: call(abi::Builtin::memory_fill, {number(a)}, 3); break;
    case Opcode::kDataDrop: call(abi::Builtin::data_drop, {number(a)}, 0); break;
    case Opcode::kTableInit: call(abi::Builtin::table_init, {number(b), number(a)}, 3); break;
    case Opcode::kTableCopy: call(abi::Builtin::table_copy, {number(a), number(b)}, 3); break;
    case Opcode::kTableGrow: Push(call(abi::Builtin::table_grow, {number(a)}, 2)); break;
    case Opcode::kTableFill: call(abi::Builtin::table_fill, {number(a)}, 3); break;
    case Opcode::kElemDrop: call(abi::Builtin::elem_drop, {number(a)}, 0); break;
    default: break;
  }
}

// ---- everything that is not control -----------------------------------------------------------

void FunctionLowering::LowerSimple(const Instruction& instruction) {
  const std::uint32_t index = instruction.index;
  const Opcode opcode = instruction.opcode;
  if (opcode >= Opcode::kI32Load && opcode <= Opcode::kI64Load32U) return LowerLoad(instruction);
  if (opcode >= Opcode::kI32Store && opcode <= Opcode::kI64Store32) return LowerStore(instruction);
  switch (opcode) {
    case Opcode::kNop: break;
    case Opcode::kDrop: Pop(); break;
    case Opcode::kSelect:
    case Opcode::kSelectTyped: {
      llvm::Value* condition = builder_.CreateICmpNE(Pop(), builder_.getInt32(0));
      llvm::Value* otherwise = Pop();
      llvm::Value* chosen = Pop();
      Push(builder_.CreateSelect(condition, chosen, otherwise));
      break;
    }
    case Opcode::kLocalGet:
      Push(builder_.CreateLoad(locals_[index]->getAllocatedType(), locals_[index]));
      break;
    case Opcode::kLocalSet: builder_.CreateStore(Pop(), locals_[index]); break;
    case Opcode::kLocalTee: builder_.CreateStore(stack_.back(), locals_[index]); break;
    case Opcode::kGlobalGet: {
      const wasm::Global& global = wasm_.globals[index];
      llvm::Type* type = lowering_.TypeOf(global.type);
      llvm::Value* address = GlobalAddress(index);
      Push(global.is_mutable ? Load(type, address, lowering_.GlobalTag(index), 8)
                             : lowering_.LoadInvariant(builder_, address, 0, type));
      break;
    }
    case Opcode::kGlobalSet:
      Store(Pop(), GlobalAddress(index), lowering_.GlobalTag(index), 8);
      break;
    case Opcode::kTableGet:
      Push(Load(lowering_.pointer, TableSlot(index, Pop(), abi::TrapKind::kOutOfBoundsTableAccess),
                lowering_.AliasTag(Alias::kTableElements), 8));
      break;
    case Opcode::kTableSet: {
      llvm::Value* value = Pop();
      llvm::Value* slot = TableSlot(index, Pop(), abi::TrapKind::kOutOfBoundsTableAccess);
      Store(value, slot, lowering_.AliasTag(Alias::kTableElements), 8);
      break;
    }
    case Opcode::kTableSize: Push(builder_.CreateTrunc(TableSize(index), lowering_.i32)); break;
    case Opcode::kMemorySize: {
      llvm::Value* bytes =
          MemoryField(index, offsetof(abi::MemoryInstance, size_bytes), lowering_.i64, false);
      Push(builder_.CreateTrunc(builder_.CreateLShr(bytes, 16), lowering_.i32));
      break;
    }
    case Opcode::kI32Const:
      Push(builder_.getInt32(static_cast<std::uint32_t>(instruction.bits)));
      break;
    case Opcode::kI64Const: Push(builder_.getInt64(instruction.bits)); break;
    case Opcode::kF32Const:
      Push(llvm::ConstantFP::get(lowering_.context,
                                 llvm::APFloat(llvm::APFloat::IEEEsingle(),
                                               llvm::APInt(32, instruction.bits & 0xFFFFFFFF))));
      break;
    case Opcode::kF64Const:
      Push(llvm::ConstantFP::get(
          lowering_.context,
          llvm::APFloat(llvm::APFloat::IEEEdouble(), llvm::APInt(64, instruction.bits))));
      break;
    case Opcode::kRefNull: Push(llvm::ConstantPointerNull::get(lowering_.pointer)); break;
    case Opcode::kRefIsNull: PushBool(builder_.CreateIsNull(Pop())); break;
    case Opcode::kRefFunc:
      Push(lowering_.Offset(builder_, Context(),
                            lowering_.layout.funcrefs +
                                sizeof(abi::FuncRef) * lowering_.layout.referenced_index[index]));
      break;
    case Opcode::kMemoryGrow:
    case Opcode::kMemoryInit:
    case Opcode::kMemoryCopy:
    case Opcode::kMemoryFill:
    case Opcode::kDataDrop:
    case Opcode::kTableInit:
    case Opcode::kTableCopy:
    case Opcode::kTableGrow:
    case Opcode::kTableFill:
    case Opcode::kElemDrop: LowerBulk(instruction); break;
    default: LowerNumeric(opcode); break;
  }
}

// ---- numeric ------------------------------------------------------------------------------

void FunctionLowering::LowerNumeric(Opcode opcode) {
  if (LowerInteger(opcode) || LowerFloat(opcode)) return;
  LowerConversion(opcode);
}

llvm::Value* FunctionLowering::CheckedDivide(llvm::Value* a, llvm::Value* b, Opcode opcode) {
  auto* type = llvm::cast<llvm::IntegerType>(a->getType());
  llvm::Value* zero = llvm::ConstantInt::get(type, 0);
  llvm::Value* minus_one = llvm::ConstantInt::getSigned(type, -1);
  TrapIf(builder_.CreateICmpEQ(b, zero), abi::TrapKind::kIntegerDivideByZero);
  switch (opcode) {
    case Opcode::kI32DivU:
    case Opcode::kI64DivU: return builder_.CreateUDiv(a, b);
    case Opcode::kI32RemU:
    case Opcode::kI64RemU: return builder_.CreateURem(a, b);
    case Opcode::kI32DivS:
    case Opcode::kI64DivS: {
      llvm::Value* smallest =
          llvm::ConstantInt::get(type, llvm::APInt::getSignedMinValue(type->getBitWidth()));
      TrapIf(builder_.CreateAnd(builder_.CreateICmpEQ(a, smallest),
                                builder_.CreateICmpEQ(b, minus_one)),
             abi::TrapKind::kIntegerOverflow);
      return builder_.CreateSDiv(a, b);
    }
    default: {
      // x rem -1 is 0, also where the division would overflow.
      llvm::Value* divisor = builder_.CreateSelect(builder_.CreateICmpEQ(b, minus_one),
                                                   llvm::ConstantInt::get(type, 1), b);
      return builder_.CreateSRem(a, divisor);
    }
  }
}

bool FunctionLowering::LowerInteger(Opcode opcode) {
  using P = llvm::CmpInst::Predicate;
  const auto compare = [&](P predicate) {
    llvm::Value* b = Pop();
    llvm::Value* a = Pop();
    PushBool(builder_.CreateICmp(predicate, a, b));
  };
  const auto binary = [&](llvm::Instruction::BinaryOps operation) {
    llvm::Value* b = Pop();
    llvm::Value* a = Pop();
    Push(builder_.CreateBinOp(operation, a, b));
  };
  const auto shift = [&](llvm::Instruction::BinaryOps operation) {
    llvm::Value* b = Pop();
    llvm::Value* a = Pop();
    const std::uint64_t mask = a->getType()->getIntegerBitWidth() - 1;
    Push(builder_.CreateBinOp(operation, a,
                              builder_.CreateAnd(b, llvm::ConstantInt::get(a->getType(), mask))));
  };
  const auto rotate = [&](llvm::Intrinsic::ID id) {
    llvm::Value* b = Pop();
    llvm::Value* a = Pop();
    Push(Intrinsic(id, {a, a, b}));
  };
  const auto count = [&](llvm::Intrinsic::ID id) {
    Push(Intrinsic(id, {Pop(), builder_.getFalse()}));
  };
  const auto extend = [&](unsigned bits) {
    llvm::Value* a = Pop();
    Push(builder_.CreateSExt(builder_.CreateTrunc(a, builder_.getIntNTy(bits)), a->getType()));
  };
#define BOTH(name)         \
  case Opcode::kI32##name: \
  case Opcode::kI64##name
  switch (opcode) {
    BOTH(Eqz) : {
      llvm::Value* a = Pop();
      PushBool(builder_.CreateICmpEQ(a, llvm::Constant::getNullValue(a->getType())));
      break;
    }
    BOTH(Eq) : compare(P::ICMP_EQ);
    break;
    BOTH(Ne) : compare(P::ICMP_NE);
    break;
    BOTH(LtS) : compare(P::ICMP_SLT);
    break;
    BOTH(LtU) : compare(P::ICMP_ULT);
    break;
    BOTH(GtS) : compare(P::ICMP_SGT);
    break;
    BOTH(GtU) : compare(P::ICMP_UGT);
    break;
    BOTH(LeS) : compare(P::ICMP_SLE);
    break;
    BOTH(LeU) : compare(P::ICMP_ULE);
    break;
    BOTH(GeS) : compare(P::ICMP_SGE);
    break;
    BOTH(GeU) : compare(P::ICMP_UGE);
    break;
    BOTH(Clz) : count(llvm::Intrinsic::ctlz);
    break;
    BOTH(Ctz) : count(llvm::Intrinsic::cttz);
    break;
    BOTH(Popcnt) : Push(Intrinsic(llvm::Intrinsic::ctpop, {Pop()}));
    break;
    BOTH(Add) : binary(llvm::Instruction::Add);
    break;
    BOTH(Sub) : binary(llvm::Instruction::Sub);
    break;
    BOTH(Mul) : binary(llvm::Instruction::Mul);
    break;
    BOTH(And) : binary(llvm::Instruction::And);
    break;
    BOTH(Or) : binary(llvm::Instruction::Or);
    break;
    BOTH(Xor) : binary(llvm::Instruction::Xor);
    break;
    BOTH(Shl) : shift(llvm::Instruction::Shl);
    break;
    BOTH(ShrS) : shift(llvm::Instruction::AShr);
    break;
    BOTH(ShrU) : shift(llvm::Instruction::LShr);
    break;
    BOTH(Rotl) : rotate(llvm::Intrinsic::fshl);
    break;
    BOTH(Rotr) : rotate(llvm::Intrinsic::fshr);
    break;
    BOTH(DivS) : BOTH(DivU) : BOTH(RemS) : BOTH(RemU) : {
      llvm::Value* b = Pop();
      llvm::Value* a = Pop();
      Push(CheckedDivide(a, b, opcode));
      break;
    }
    BOTH(Extend8S) : extend(8);
    break;
    BOTH(Extend16S) : extend(16);
    break;
    case Opcode::kI64Extend32S: extend(32); break;
    default: return false;
  }
#undef BOTH
  return true;
}

// Arithmetic with 0 and ±1 may not be folded away: x - 0 must still quiet a signalling NaN, and a
// negation must not be made of x * -1 (section 4.3.3). The fence hides the constant, at no cost
// in code.
llvm::Value* FunctionLowering::Fence(llvm::Value* value) {
  return builder_.CreateIntrinsic(llvm::Intrinsic::arithmetic_fence, {value->getType()}, {value});
}

// minimum/maximum of IEEE 754-2019, except that a NaN comes out quiet.
llvm::Value* FunctionLowering::MinimumMaximum(llvm::Value* a, llvm::Value* b, bool minimum) {
  llvm::Value* unordered = builder_.CreateFCmpUNO(a, b);
  llvm::Value* quiet = builder_.CreateFAdd(a, b);
  auto* ordered = llvm::cast<llvm::Instruction>(
      Intrinsic(minimum ? llvm::Intrinsic::minimum : llvm::Intrinsic::maximum, {a, b}));
  ordered->setHasNoNaNs(true);
  return builder_.CreateSelect(unordered, quiet, ordered);
}

bool FunctionLowering::LowerFloat(Opcode opcode) {
  using P = llvm::CmpInst::Predicate;
  const auto compare = [&](P predicate) {
    llvm::Value* b = Pop();
    llvm::Value* a = Pop();
    PushBool(builder_.CreateFCmp(predicate, a, b));
  };
  const auto shield = [&](llvm::Value* value) {
    const auto* constant = llvm::dyn_cast<llvm::ConstantFP>(value);
    if (constant == nullptr) return value;
    const llvm::APFloat& number = constant->getValueAPF();
    const bool folds = number.isZero() || number.isNaN() || number.isExactlyValue(1.0) ||
                       number.isExactlyValue(-1.0);
    return folds ? Fence(value) : value;
  };
  const auto binary = [&](llvm::Instruction::BinaryOps operation) {
    llvm::Value* b = shield(Pop());
    llvm::Value* a = shield(Pop());
    Push(builder_.CreateBinOp(operation, a, b));
  };
  const auto unary = [&](llvm::Intrinsic::ID id) { Push(Intrinsic(id, {Pop()})); };
#define BOTH(name)         \
  case Opcode::kF32##name: \
  case Opcode::kF64##name
  switch (opcode) {
    BOTH(Eq) : compare(P::FCMP_OEQ);
    break;
    BOTH(Ne) : compare(P::FCMP_UNE);
    break;
    BOTH(Lt) : compare(P::FCMP_OLT);
    break;
    BOTH(Gt) : compare(P::FCMP_OGT);
    break;
    BOTH(Le) : compare(P::FCMP_OLE);
    break;
    BOTH(Ge) : compare(P::FCMP_OGE);
    break;
    BOTH(Abs) : unary(llvm::Intrinsic::fabs);
    break;
    BOTH(Neg) : Push(builder_.CreateFNeg(Pop()));
    break;
    BOTH(Ceil) : unary(llvm::Intrinsic::ceil);
    break;
    BOTH(Floor) : unary(llvm::Intrinsic::floor);
    break;
    BOTH(Trunc) : unary(llvm::Intrinsic::trunc);
    break;
    BOTH(Nearest) : unary(llvm::Intrinsic::roundeven);
    break;
    BOTH(Sqrt) : unary(llvm::Intrinsic::sqrt);
    break;
    BOTH(Add) : binary(llvm::Instruction::FAdd);
    break;
    BOTH(Sub) : binary(llvm::Instruction::FSub);
    break;
    BOTH(Mul) : binary(llvm::Instruction::FMul);
    break;
    BOTH(Div) : binary(llvm::Instruction::FDiv);
    break;
    BOTH(Min) : BOTH(Max) : {
      llvm::Value* b = Pop();
      llvm::Value* a = Pop();
      Push(MinimumMaximum(a, b, opcode == Opcode::kF32Min || opcode == Opcode::kF64Min));
      break;
    }
    BOTH(Copysign) : {
      llvm::Value* b = Pop();
      llvm::Value* a = Pop();
      Push(Intrinsic(llvm::Intrinsic::copysign, {a, b}));
      break;
    }
    default: return false;
  }
#undef BOTH
  return true;
}

// Traps unless the truncated value fits (section 4.3.2, trunc_u and trunc_s). The bounds are the
// largest floats below the range and the smallest above it.
llvm::Value* FunctionLowering::CheckedTruncate(llvm::Value* value, llvm::IntegerType* to,
                                               bool is_signed) {
  const unsigned bits = to->getBitWidth();
  const llvm::fltSemantics& semantics = value->getType()->getFltSemantics();
  llvm::APFloat upper(semantics);  // 2^bits or 2^(bits-1): exact in every format
  upper.convertFromAPInt(llvm::APInt::getOneBitSet(bits + 1, is_signed ? bits - 1 : bits), false,
                         llvm::APFloat::rmNearestTiesToEven);
  llvm::APFloat lower(semantics);  // min - 1, or where that is not exact, the float below min
  lower.convertFromAPInt(is_signed ? llvm::APInt::getSignedMinValue(bits).sext(bits + 1) - 1
                                   : llvm::APInt::getAllOnes(bits + 1),
                         true, llvm::APFloat::rmTowardNegative);
  TrapIf(builder_.CreateFCmpUNO(value, value), abi::TrapKind::kInvalidConversionToInteger);
  llvm::Value* fits = builder_.CreateAnd(
      builder_.CreateFCmpOGT(value, llvm::ConstantFP::get(value->getType(), lower)),
      builder_.CreateFCmpOLT(value, llvm::ConstantFP::get(value->getType(), upper)));
  TrapIf(builder_.CreateNot(fits), abi::TrapKind::kIntegerOverflow);
  return is_signed ? builder_.CreateFPToSI(value, to) : builder_.CreateFPToUI(value, to);
}

void FunctionLowering::LowerConversion(Opcode opcode) {
  llvm::Type* f32 = builder_.getFloatTy();
  llvm::Type* f64 = builder_.getDoubleTy();
  llvm::Value* value = Pop();
  const auto saturate = [&](llvm::Type* to, bool is_signed) {
    return builder_.CreateIntrinsic(
        is_signed ? llvm::Intrinsic::fptosi_sat : llvm::Intrinsic::fptoui_sat,
        {to, value->getType()}, {value});
  };
  switch (opcode) {
    case Opcode::kI32WrapI64: Push(builder_.CreateTrunc(value, lowering_.i32)); break;
    case Opcode::kI64ExtendI32S: Push(builder_.CreateSExt(value, lowering_.i64)); break;
    case Opcode::kI64ExtendI32U: Push(builder_.CreateZExt(value, lowering_.i64)); break;
    case Opcode::kI32TruncF32S:
    case Opcode::kI32TruncF64S: Push(CheckedTruncate(value, lowering_.i32, true)); break;
    case Opcode::kI32TruncF32U:
    case Opcode::kI32TruncF64U: Push(CheckedTruncate(value, lowering_.i32, false)); break;
    case Opcode::kI64TruncF32S:
    case Opcode::kI64TruncF64S: Push(CheckedTruncate(value, lowering_.i64, true)); break;
    case Opcode::kI64TruncF32U:
    case Opcode::kI64TruncF64U: Push(CheckedTruncate(value, lowering_.i64, false)); break;
    case Opcode::kI32TruncSatF32S:
    case Opcode::kI32TruncSatF64S: Push(saturate(lowering_.i32, true)); break;
    case Opcode::kI32TruncSatF32U:
    case Opcode::kI32TruncSatF64U: Push(saturate(lowering_.i32, false)); break;
    case Opcode::kI64TruncSatF32S:
    case Opcode::kI64TruncSatF64S: Push(saturate(lowering_.i64, true)); break;
    case Opcode::kI64TruncSatF32U:
    case Opcode::kI64TruncSatF64U: Push(saturate(lowering_.i64, false)); break;
    case Opcode::kF32ConvertI32S:
    case Opcode::kF32ConvertI64S: Push(builder_.CreateSIToFP(value, f32)); break;
    case Opcode::kF32ConvertI32U:
    case Opcode::kF32ConvertI64U: Push(builder_.CreateUIToFP(value, f32)); break;
    case Opcode::kF64ConvertI32S:
    case Opcode::kF64ConvertI64S: Push(builder_.CreateSIToFP(value, f64)); break;
    case Opcode::kF64ConvertI32U:
    case Opcode::kF64ConvertI64U: Push(builder_.CreateUIToFP(value, f64)); break;
    case Opcode::kF32DemoteF64:
      // demote(promote(x)) must quiet a signalling NaN; unfenced it would fold to x.
      Push(builder_.CreateFPTrunc(llvm::isa<llvm::FPExtInst>(value) ? Fence(value) : value, f32));
      break;
    case Opcode::kF64PromoteF32: Push(builder_.CreateFPExt(value, f64)); break;
    case Opcode::kI32ReinterpretF32: Push(builder_.CreateBitCast(value, lowering_.i32)); break;
    case Opcode::kI64ReinterpretF64: Push(builder_.CreateBitCast(value, lowering_.i64)); break;
    case Opcode::kF32ReinterpretI32: Push(builder_.CreateBitCast(value, f32)); break;
    case Opcode::kF64ReinterpretI64: Push(builder_.CreateBitCast(value, f64)); break;
    default: llvm_unreachable("an opcode that lowering does not know");
  }
}

}  // namespace

void LowerFunction(ModuleLowering& lowering, std::uint32_t function_index) {
  FunctionLowering(lowering, function_index).Lower();
}

}  // namespace tenon::compiler
