#include "compiler/wasm/type_reader.h"

#include <utility>

#include "compiler/wasm/instruction.h"
#include "compiler/wasm/limits.h"
#include "compiler/wasm/unsupported.h"

namespace tenon::wasm {

namespace {

// From the byte that was read; what follows it is in the cursor.
Result<ValueType> FinishType(ByteCursor& cursor, std::uint8_t byte, const char* malformed,
                             std::uint32_t offset) {
  if (byte == kRefCode || byte == kRefNullCode) {
    TENON_ASSIGN_OR_RETURN(const HeapType heap, ReadHeapType(cursor));
    return ReferenceTo(heap, byte == kRefNullCode);
  }
  if (!IsSupportedValueType(byte)) return UnsupportedValueType(byte, malformed, offset);
  return static_cast<ValueType>(byte);
}

}  // namespace

Result<HeapType> ReadHeapType(ByteCursor& cursor) {
  const std::uint32_t offset = cursor.offset();
  TENON_ASSIGN_OR_RETURN(const std::int64_t code, cursor.S33());
  return HeapTypeOfCode(code, offset);
}

Result<HeapType> HeapTypeOfCode(std::int64_t code, std::uint32_t offset) {
  if (code >= kMaximumTypes) {
    return Error::Format("unknown type %lld, at byte offset 0x%x", static_cast<long long>(code),
                         offset);
  }
  if (code >= 0) return static_cast<HeapType>(code);
  const std::uint8_t byte = code >= -0x40 ? static_cast<std::uint8_t>(code & 0x7F) : 0;
  const auto type = static_cast<ValueType>(byte);
  if (!IsSupportedValueType(byte) || !IsReference(type)) {
    return UnsupportedValueType(byte, "malformed heap type", offset);
  }
  return HeapTypeOf(type);
}

Result<ValueType> ReadValueType(ByteCursor& cursor) {
  const std::uint32_t offset = cursor.offset();
  TENON_ASSIGN_OR_RETURN(const std::uint8_t byte, cursor.Byte());
  return FinishType(cursor, byte, "malformed value type", offset);
}

Result<ValueType> ReadReferenceType(ByteCursor& cursor) {
  const std::uint32_t offset = cursor.offset();
  TENON_ASSIGN_OR_RETURN(const std::uint8_t byte, cursor.Byte());
  TENON_ASSIGN_OR_RETURN(const ValueType type,
                         FinishType(cursor, byte, "malformed reference type", offset));
  if (IsReference(type)) return type;
  return Error::Format("malformed reference type 0x%02x, at byte offset 0x%x", byte, offset);
}

Result<std::vector<ValueType>> ReadResultType(ByteCursor& cursor, const char* what,
                                              std::uint32_t maximum) {
  TENON_ASSIGN_OR_RETURN(const std::uint32_t count, cursor.Count(what, maximum));
  std::vector<ValueType> types;
  types.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    TENON_ASSIGN_OR_RETURN(const ValueType type, ReadValueType(cursor));
    types.push_back(type);
  }
  return types;
}

Result<Limits> ReadLimits(ByteCursor& cursor, bool of_memory) {
  constexpr std::uint8_t kHasMaximum = 0x01;
  constexpr std::uint8_t kShared = 0x02;
  constexpr std::uint8_t kIs64 = 0x04;
  constexpr std::uint8_t kHasPageSize = 0x08;
  const std::uint32_t offset = cursor.offset();
  TENON_ASSIGN_OR_RETURN(const std::uint8_t flags, cursor.Byte());
  if (flags > (kHasMaximum | kShared | kIs64 | kHasPageSize) ||
      (!of_memory && (flags & kHasPageSize) != 0)) {
    return Error::Format("malformed limits flags 0x%02x, at byte offset 0x%x in the %s", flags,
                         offset, cursor.place());
  }
  if ((flags & kShared) != 0 && !of_memory) {
    return UnsupportedFeature("a shared table", "shared-everything threads", offset);
  }
  Limits limits;
  limits.is_64 = (flags & kIs64) != 0;
  limits.shared = (flags & kShared) != 0;
  // 64 bits wide for all memories and tables since memory64; the validator
  // limits them by the type of their addresses.
  TENON_ASSIGN_OR_RETURN(limits.minimum, cursor.U64());
  if ((flags & kHasMaximum) != 0) {
    TENON_ASSIGN_OR_RETURN(limits.maximum, cursor.U64());
  }
  if ((flags & kHasPageSize) != 0) {
    TENON_ASSIGN_OR_RETURN(limits.page_size_log2, cursor.U32());
    if (limits.page_size_log2 >= 64) {
      return Error::Format("invalid custom page size: 2**%u bytes, at byte offset 0x%x",
                           limits.page_size_log2, offset);
    }
  }
  return limits;
}

Result<Table> ReadTableType(ByteCursor& cursor) {
  Table table;
  table.offset = cursor.offset();
  TENON_ASSIGN_OR_RETURN(table.element_type, ReadReferenceType(cursor));
  TENON_ASSIGN_OR_RETURN(table.limits, ReadLimits(cursor, /*of_memory=*/false));
  return table;
}

Result<Global> ReadGlobalType(ByteCursor& cursor) {
  Global global;
  global.offset = cursor.offset();
  TENON_ASSIGN_OR_RETURN(global.type, ReadValueType(cursor));
  TENON_ASSIGN_OR_RETURN(const std::uint8_t mutability, cursor.Byte());
  if (mutability > 1) {
    return Error::Format("malformed mutability 0x%02x, at byte offset 0x%x in the %s", mutability,
                         cursor.offset() - 1, cursor.place());
  }
  global.is_mutable = mutability == 1;
  return global;
}

Result<ConstantExpression> ReadConstantExpression(ByteCursor& cursor) {
  using Kind = ConstantOperation::Kind;
  ConstantExpression expression;
  InstructionReader reader(cursor.rest(), cursor.offset());
  while (true) {
    const Result<Instruction> next = reader.Next();
    if (!next.ok()) return next.error();
    const Instruction& instruction = next.value();
    switch (instruction.opcode) {
      case Opcode::kEnd: cursor.Skip(reader.offset() - cursor.offset()); return expression;
      case Opcode::kI32Const: expression.push_back({Kind::kI32Const, instruction.bits}); break;
      case Opcode::kI64Const: expression.push_back({Kind::kI64Const, instruction.bits}); break;
      case Opcode::kF32Const: expression.push_back({Kind::kF32Const, instruction.bits}); break;
      case Opcode::kF64Const: expression.push_back({Kind::kF64Const, instruction.bits}); break;
      case Opcode::kV128Const:
        expression.push_back({Kind::kV128Const, instruction.bits, instruction.bits_high});
        break;
      case Opcode::kGlobalGet: expression.push_back({Kind::kGlobalGet, instruction.index}); break;
      case Opcode::kRefFunc: expression.push_back({Kind::kRefFunc, instruction.index}); break;
      case Opcode::kRefNull:
        expression.push_back({Kind::kRefNull, static_cast<std::uint64_t>(instruction.type)});
        break;
      case Opcode::kI32Add: expression.push_back({Kind::kI32Add}); break;
      case Opcode::kI32Sub: expression.push_back({Kind::kI32Sub}); break;
      case Opcode::kI32Mul: expression.push_back({Kind::kI32Mul}); break;
      case Opcode::kI64Add: expression.push_back({Kind::kI64Add}); break;
      case Opcode::kI64Sub: expression.push_back({Kind::kI64Sub}); break;
      case Opcode::kI64Mul: expression.push_back({Kind::kI64Mul}); break;
      default:
        return Error::Format(
            "constant expression required: %s is not constant, at byte offset "
            "0x%x in the %s",
            OpcodeName(instruction.opcode), instruction.offset, cursor.place());
    }
  }
}

}  // namespace tenon::wasm
