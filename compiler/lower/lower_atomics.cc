// Atomic instructions (the threads proposal). All are sequentially consistent, and trap on
// addresses that are not multiples of the access's width.
#include <string_view>

#include "compiler/lower/function_lowering.h"

namespace tenon::compiler {

// The native address of an atomic access, which is aligned.
llvm::Value* FunctionLowering::AtomicAddress(const Instruction& instruction, llvm::Value* index,
                                             std::uint64_t width) {
  llvm::Value* address = Address(instruction, index, width);
  if (width == 1) return address;
  // A memory's base is aligned, so the native address tells.
  llvm::Value* low_bits = builder_.CreateAnd(builder_.CreatePtrToInt(address, lowering_.i64),
                                             builder_.getInt64(width - 1));
  llvm::Value* is_unaligned = builder_.CreateIsNotNull(low_bits);
  TrapIf(is_unaligned, abi::TrapKind::kUnalignedAtomic);
  return address;
}

// wait and notify are the runtime's; index and offset go apart, as their sum may have 65 bits.
void FunctionLowering::LowerWaitOrNotify(const Instruction& instruction) {
  const bool is_notify = instruction.opcode == Opcode::kMemoryAtomicNotify;
  std::vector<llvm::Value*> operands = PopMany(is_notify ? 2 : 3);
  std::vector<llvm::Value*> arguments = {builder_.getInt32(instruction.memory_index),
                                         builder_.CreateZExt(operands[0], lowering_.i64),
                                         builder_.getInt64(instruction.memory_offset), operands[1]};
  if (!is_notify) arguments.push_back(operands[2]);
  const abi::Builtin builtin = is_notify ? abi::Builtin::atomic_notify
                               : instruction.opcode == Opcode::kMemoryAtomicWait32
                                   ? abi::Builtin::atomic_wait32
                                   : abi::Builtin::atomic_wait64;
  Push(lowering_.CallBuiltin(builder_, Context(), builtin, std::move(arguments)));
}

void FunctionLowering::LowerAtomic(const Instruction& instruction) {
  const wasm::OpcodeInfo& info = wasm::InfoOf(instruction.opcode);
  constexpr auto kOrder = llvm::AtomicOrdering::SequentiallyConsistent;
  switch (instruction.opcode) {
    case Opcode::kAtomicFence: builder_.CreateFence(kOrder); return;
    case Opcode::kMemoryAtomicNotify:
    case Opcode::kMemoryAtomicWait32:
    case Opcode::kMemoryAtomicWait64: LowerWaitOrNotify(instruction); return;
    default: break;
  }
  const std::uint64_t width = std::uint64_t{1} << info.width_log2;
  const llvm::Align align(width);
  llvm::Type* stored = builder_.getIntNTy(static_cast<unsigned>(width * 8));
  llvm::MDNode* tag = lowering_.AliasTag(AliasClass::kLinearMemory);
  const std::string_view name = info.name;
  const auto narrow = [&](llvm::Value* value) { return builder_.CreateTrunc(value, stored); };
  const auto push = [&](llvm::Value* value) {
    Push(builder_.CreateZExt(value, lowering_.TypeOf(info.result)));
  };
  if (name.find("store") != std::string_view::npos) {
    llvm::Value* value = narrow(Pop());
    llvm::Value* address = AtomicAddress(instruction, Pop(), width);
    llvm::StoreInst* store = builder_.CreateAlignedStore(value, address, align);
    store->setAtomic(kOrder);
    SetAliasTag(*store, tag);
    return;
  }
  if (name.find("load") != std::string_view::npos) {
    llvm::LoadInst* load =
        builder_.CreateAlignedLoad(stored, AtomicAddress(instruction, Pop(), width), align);
    load->setAtomic(kOrder);
    SetAliasTag(*load, tag);
    push(load);
    return;
  }
  if (name.find("cmpxchg") != std::string_view::npos) {
    llvm::Value* replacement = Pop();
    llvm::Value* expected = Pop();
    llvm::Value* address = AtomicAddress(instruction, Pop(), width);
    llvm::AtomicCmpXchgInst* exchange = builder_.CreateAtomicCmpXchg(
        address, narrow(expected), narrow(replacement), align, kOrder, kOrder);
    push(builder_.CreateExtractValue(exchange, 0));
    return;
  }
  using Operation = llvm::AtomicRMWInst::BinOp;
  static constexpr struct {
    std::string_view name;
    Operation operation;
  } kOperations[] = {{".add", Operation::Add}, {".sub", Operation::Sub},
                     {".and", Operation::And}, {".or", Operation::Or},
                     {".xor", Operation::Xor}, {".xchg", Operation::Xchg}};
  Operation operation = Operation::BAD_BINOP;
  for (const auto& entry : kOperations) {
    if (name.find(entry.name) != std::string_view::npos) operation = entry.operation;
  }
  llvm::Value* value = narrow(Pop());
  llvm::Value* address = AtomicAddress(instruction, Pop(), width);
  push(builder_.CreateAtomicRMW(operation, address, value, align, kOrder));
}

}  // namespace tenon::compiler
