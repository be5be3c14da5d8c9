// The frame of a function and what is shared by its parts: reading instructions, traps, locals,
// constants. See function_lowering.h.
#include "compiler/lower/function_lowering.h"

#include <cassert>

namespace tenon::compiler {

namespace {

// Instructions on one level of blocks. Beyond this a function is not optimised: such are those that
// relocate the data of position-independent modules, one store after the other and each relative to
// one value, for which LLVM's register coalescer takes the square of their number (27,000 of
// DuckDB: 5 minutes). Unrolled ciphers stay below.
constexpr std::uint32_t kLongestStraight = 30'000;

}  // namespace

void FunctionLowering::Lower() {
  builder_.SetInsertPoint(NewBlock("entry"));
  const std::vector<llvm::Value*> arguments =
      lowering_.ArgumentsOf(builder_, native_, type_, lowering_.Buffer(builder_, Context()));
  const std::size_t first_argument = ModuleLowering::ResultsInMemory(type_) ? 1 : 0;
  for (std::size_t i = 0; i < type_.parameters.size(); ++i) {
    llvm::AllocaInst* slot = builder_.CreateAlloca(lowering_.TypeOf(type_.parameters[i]));
    builder_.CreateStore(arguments[i + first_argument], slot);
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
    const std::size_t depth = control_.size();
    LowerInstruction(*instruction);
    straight_length_ = control_.size() == depth ? straight_length_ + 1 : 0;
    if (straight_length_ == kLongestStraight) ForgoOptimization();
  }

  // The frame's end has pushed the function's results.
  if (stack_.empty()) {
    builder_.CreateRetVoid();
  } else if (ModuleLowering::ResultsInMemory(type_)) {
    std::size_t cell = 0;
    for (std::size_t i = 0; i < stack_.size(); ++i) {
      lowering_.StoreCell(builder_, stack_[i], native_->getArg(1), cell);
      cell += abi::CellsOf(type_.results[i]);
    }
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

void FunctionLowering::LowerInstruction(const Instruction& instruction) {
  if (unreachable_) {
    switch (instruction.opcode) {
      case Opcode::kBlock:
      case Opcode::kLoop:
      case Opcode::kIf:
      case Opcode::kTry:
      case Opcode::kTryTable: ++dead_depth_; return;
      case Opcode::kElse:
      case Opcode::kCatch:
      case Opcode::kCatchAll:
        if (dead_depth_ != 0) return;
        break;
      case Opcode::kDelegate:
      case Opcode::kEnd:
        if (dead_depth_ != 0) {
          --dead_depth_;
          return;
        }
        break;
      default: return;
    }
  }
  using Class = wasm::OpcodeClass;
  switch (wasm::InfoOf(instruction.opcode).opcode_class) {
    case Class::kControl: return LowerControl(instruction);
    case Class::kLoad: return LowerLoad(instruction);
    case Class::kStore: return LowerStore(instruction);
    case Class::kBulk: return LowerBulk(instruction);
    case Class::kNumeric: return LowerNumeric(instruction.opcode);
    case Class::kVector: return LowerVector(instruction);
    case Class::kAtomic: return LowerAtomic(instruction);
    case Class::kParametric:
    case Class::kVariable:
    case Class::kTable:
    case Class::kMemory:
    case Class::kConstant:
    case Class::kReference: return LowerSimple(instruction);
  }
}

void FunctionLowering::TrapIf(llvm::Value* condition, abi::TrapKind kind) {
  llvm::BasicBlock*& trap = trap_blocks_[kind];
  if (trap == nullptr) {
    trap = NewBlock("trap");
    llvm::IRBuilder<> builder(trap);
    lowering_.EmitTrap(builder, Context(), kind);
  }
  llvm::BasicBlock* next = NewBlock("checked");
  llvm::BranchInst* branch = builder_.CreateCondBr(condition, trap, next);
  MarkFirstSuccessorUnlikely(*branch);
  builder_.SetInsertPoint(next);
}

void FunctionLowering::LowerSimple(const Instruction& instruction) {
  const std::uint32_t index = instruction.index;
  switch (instruction.opcode) {
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
                lowering_.AliasTag(AliasClass::kTableElements), 8));
      break;
    case Opcode::kTableSet: {
      llvm::Value* value = Pop();
      llvm::Value* slot = TableSlot(index, Pop(), abi::TrapKind::kOutOfBoundsTableAccess);
      Store(value, slot, lowering_.AliasTag(AliasClass::kTableElements), 8);
      break;
    }
    case Opcode::kTableSize:
      Push(builder_.CreateZExtOrTrunc(TableSize(index),
                                      lowering_.TypeOf(wasm_.tables[index].limits.AddressType())));
      break;
    case Opcode::kMemorySize: {
      llvm::Value* bytes =
          MemoryField(index, offsetof(abi::MemoryInstance, size_bytes), lowering_.i64);
      const wasm::Limits& limits = wasm_.memories[index].limits;
      Push(builder_.CreateZExtOrTrunc(builder_.CreateLShr(bytes, limits.page_size_log2),
                                      lowering_.TypeOf(limits.AddressType())));
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
    case Opcode::kRefAsNonNull:
      TrapIf(builder_.CreateIsNull(stack_.back()), abi::TrapKind::kNullReference);
      break;
    case Opcode::kRefFunc:
      Push(lowering_.Offset(
          builder_, Context(),
          lowering_.layout.funcrefs +
              lowering_.layout.funcref_size * lowering_.layout.referenced_index[index]));
      break;
    default: break;
  }
}

void LowerFunction(ModuleLowering& lowering, std::uint32_t function_index) {
  FunctionLowering(lowering, function_index).Lower();
}

}  // namespace tenon::compiler
