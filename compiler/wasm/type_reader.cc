#include "compiler/wasm/type_reader.h"

#include <utility>

#include "compiler/wasm/instruction.h"
#include "compiler/wasm/unsupported.h"

namespace tenon::wasm {

Result<ValueType> ReadValueType(ByteCursor& cursor) {
  const std::uint32_t offset = cursor.offset();
  TENON_ASSIGN_OR_RETURN(const std::uint8_t byte, cursor.Byte());
  if (!IsSupportedValueType(byte)) {
    return UnsupportedValueType(byte, "malformed value type", offset);
  }
  return static_cast<ValueType>(byte);
}

Result<ValueType> ReadReferenceType(ByteCursor& cursor) {
  const std::uint32_t offset = cursor.offset();
  TENON_ASSIGN_OR_RETURN(const std::uint8_t byte, cursor.Byte());
  const ValueType type = static_cast<ValueType>(byte);
  if (!IsReference(type)) {
    // v128 is no reference type of any proposal.
    if (type == ValueType::kV128) {
      return Error::Format("malformed reference type 0x7b, at byte offset 0x%x", offset);
    }
    return UnsupportedValueType(byte, "malformed reference type", offset);
  }
  return type;
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
  const std::uint32_t offset = cursor.offset();
  TENON_ASSIGN_OR_RETURN(const std::uint8_t flags, cursor.Byte());
  if (flags > (kHasMaximum | kShared | kIs64)) {
    return Error::Format("malformed limits flags 0x%02x, at byte offset 0x%x in the %s", flags,
                         offset, cursor.place());
  }
  if ((flags & kShared) != 0) {
    return UnsupportedFeature(of_memory ? "a shared memory" : "a shared table",
                              of_memory ? "threads" : "shared-everything threads", offset);
  }
  if ((flags & kIs64) != 0) {
    return UnsupportedFeature(of_memory ? "a 64-bit memory" : "a 64-bit table", "memory64", offset);
  }
  Limits limits;
  // 64 bits wide for all memories and tables since memory64; the validator
  // limits them by the type of their addresses.
  TENON_ASSIGN_OR_RETURN(limits.minimum, cursor.U64());
  if ((flags & kHasMaximum) != 0) {
    TENON_ASSIGN_OR_RETURN(limits.maximum, cursor.U64());
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
