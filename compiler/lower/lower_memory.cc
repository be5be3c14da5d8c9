// Linear memories, tables and globals. Each access is preceded by a check of ours
// (ir/conventions.h).
#include <algorithm>

#include "compiler/lower/function_lowering.h"

namespace tenon::compiler {

namespace {

std::uint64_t MinimumBytes(const wasm::Limits& limits) {
  const std::uint64_t most = UINT64_MAX >> limits.page_size_log2;
  return std::min(limits.minimum, most) << limits.page_size_log2;
}

}  // namespace

llvm::Value* FunctionLowering::MemoryDescriptor(std::uint32_t memory_index) {
  if (memory_index < wasm_.imported_memories) {
    llvm::Instruction* descriptor = lowering_.LoadInvariant(
        builder_, Context(), lowering_.layout.memory_pointers + std::uint64_t{8} * memory_index,
        lowering_.pointer);
    descriptor->setMetadata(
        llvm::LLVMContext::MD_dereferenceable,
        llvm::MDNode::get(lowering_.context, llvm::ConstantAsMetadata::get(
                                                 builder_.getInt64(sizeof(abi::MemoryInstance)))));
    return descriptor;
  }
  return lowering_.Offset(builder_, Context(),
                          lowering_.layout.memories + sizeof(abi::MemoryInstance) *
                                                          (memory_index - wasm_.imported_memories));
}

llvm::Value* FunctionLowering::MemoryField(std::uint32_t memory_index, std::size_t offset,
                                           llvm::Type* type) {
  llvm::Value* descriptor = MemoryDescriptor(memory_index);
  return Load(type, lowering_.Offset(builder_, descriptor, offset),
              lowering_.AliasTag(AliasClass::kMemoryDescriptor), 8);
}

llvm::Value* FunctionLowering::Address(const Instruction& instruction, llvm::Value* index,
                                       std::uint64_t width) {
  const wasm::Limits& limits = wasm_.memories[instruction.memory_index].limits;
  llvm::Value* wide = builder_.CreateZExt(index, lowering_.i64);
  std::uint64_t reach = instruction.memory_offset + width;
  if (reach < width) reach = UINT64_MAX;  // no memory is that large
  llvm::Value* size = MemoryField(instruction.memory_index,
                                  offsetof(abi::MemoryInstance, size_bytes), lowering_.i64);
  llvm::Value* outside;
  if (reach <= MinimumBytes(limits)) {
    // A memory never shrinks, so this cannot wrap, and it does not depend on the index.
    llvm::Value* limit = builder_.CreateNUWSub(size, builder_.getInt64(reach));
    outside = builder_.CreateICmpUGT(wide, limit);
  } else if (limits.is_64) {
    llvm::Value* limit = builder_.CreateSub(size, builder_.getInt64(reach));
    outside = builder_.CreateOr(builder_.CreateICmpULT(size, builder_.getInt64(reach)),
                                builder_.CreateICmpUGT(wide, limit));
  } else {
    llvm::Value* last = builder_.CreateNUWAdd(wide, builder_.getInt64(reach));
    outside = builder_.CreateICmpUGT(last, size);
  }
  TrapIf(outside, abi::TrapKind::kOutOfBoundsMemoryAccess);
  llvm::Value* base =
      MemoryField(instruction.memory_index, offsetof(abi::MemoryInstance, base), lowering_.pointer);
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
  llvm::LoadInst* load = Load(stored, Address(instruction, Pop(), width),
                              lowering_.AliasTag(AliasClass::kLinearMemory), 1);
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
  Store(value, address, lowering_.AliasTag(AliasClass::kLinearMemory), 1);
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
      lowering_.AliasTag(AliasClass::kTableDescriptor), 8);
}

llvm::Value* FunctionLowering::TableSlot(std::uint32_t table_index, llvm::Value* index,
                                         abi::TrapKind kind) {
  llvm::Value* wide = builder_.CreateZExt(index, lowering_.i64);
  TrapIf(builder_.CreateICmpUGE(wide, TableSize(table_index)), kind);
  llvm::Value* elements = Load(lowering_.pointer,
                               lowering_.Offset(builder_, TableDescriptor(table_index),
                                                offsetof(abi::TableInstance, elements)),
                               lowering_.AliasTag(AliasClass::kTableDescriptor), 8);
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
  // Addresses, sizes and counts are 64 bits wide for the builtins.
  const auto wide = [&](llvm::Value* value) { return builder_.CreateZExt(value, lowering_.i64); };
  const auto call = [&](abi::Builtin builtin, std::vector<llvm::Value*> first) {
    for (llvm::Value* operand : PopMany(3)) first.push_back(wide(operand));
    return lowering_.CallBuiltin(builder_, Context(), builtin, std::move(first));
  };
  const auto push_size = [&](llvm::Value* size, const wasm::Limits& limits) {
    Push(builder_.CreateTrunc(size, lowering_.TypeOf(limits.AddressType())));
  };
  const std::uint32_t a = instruction.index;
  const std::uint32_t b = instruction.index2;
  switch (instruction.opcode) {
    case Opcode::kMemoryGrow:
      push_size(lowering_.CallBuiltin(builder_, Context(), abi::Builtin::memory_grow,
                                      {number(a), wide(Pop())}),
                wasm_.memories[a].limits);
      break;
    case Opcode::kMemoryInit:
      call(abi::Builtin::memory_init, {number(b), number(lowering_.layout.data.segment_index[a])});
      break;
    case Opcode::kMemoryCopy: call(abi::Builtin::memory_copy, {number(a), number(b)}); break;
    case Opcode::kMemoryFill: {
      llvm::Value* length = wide(Pop());
      llvm::Value* value = Pop();
      llvm::Value* destination = wide(Pop());
      lowering_.CallBuiltin(builder_, Context(), abi::Builtin::memory_fill,
                            {number(a), destination, value, length});
      break;
    }
    case Opcode::kDataDrop:
      lowering_.CallBuiltin(builder_, Context(), abi::Builtin::data_drop,
                            {number(lowering_.layout.data.segment_index[a])});
      break;
    case Opcode::kTableInit: call(abi::Builtin::table_init, {number(b), number(a)}); break;
    case Opcode::kTableCopy: call(abi::Builtin::table_copy, {number(a), number(b)}); break;
    case Opcode::kTableGrow: {
      llvm::Value* count = wide(Pop());
      llvm::Value* value = Pop();
      push_size(lowering_.CallBuiltin(builder_, Context(), abi::Builtin::table_grow,
                                      {number(a), value, count}),
                wasm_.tables[a].limits);
      break;
    }
    case Opcode::kTableFill: {
      llvm::Value* count = wide(Pop());
      llvm::Value* value = Pop();
      llvm::Value* start = wide(Pop());
      lowering_.CallBuiltin(builder_, Context(), abi::Builtin::table_fill,
                            {number(a), start, value, count});
      break;
    }
    case Opcode::kElemDrop:
      lowering_.CallBuiltin(builder_, Context(), abi::Builtin::elem_drop, {number(a)});
      break;
    default: break;
  }
}

}  // namespace tenon::compiler
