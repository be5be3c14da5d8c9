#include "compiler/wasm/instruction.h"

#include <array>
#include <cstddef>

#include "compiler/wasm/leb128.h"
#include "compiler/wasm/opcode_info.h"
#include "compiler/wasm/type_reader.h"
#include "compiler/wasm/unsupported.h"

namespace tenon::wasm {
namespace {

constexpr std::uint16_t kNoOpcode = 0xFFFF;
constexpr std::uint8_t kFirstPrefix = 0xFB;
constexpr std::uint8_t kLastPrefix = 0xFE;

struct OpcodeTables {
  std::array<std::uint16_t, 256> plain;
  // By prefix byte from kFirstPrefix on, then by the number behind it.
  std::array<std::array<std::uint16_t, 0x114>, kLastPrefix - kFirstPrefix + 1> prefixed;
};

// From the bytes to Opcode. A row that fits into neither table fails to compile.
constexpr OpcodeTables MakeOpcodeTables() {
  OpcodeTables tables{};
  tables.plain.fill(kNoOpcode);
  for (auto& table : tables.prefixed) table.fill(kNoOpcode);
  constexpr std::uint32_t kCodes[] = {
#define TENON_OPCODE(enumerator, code, ...) code,
#include "compiler/wasm/opcodes.def"
#undef TENON_OPCODE
  };
  std::uint16_t opcode = 0;
  for (const std::uint32_t code : kCodes) {
    if (code < 0x100) {
      tables.plain.at(code) = opcode;
    } else {
      tables.prefixed.at((code >> 12) - kFirstPrefix).at(code & 0xFFF) = opcode;
    }
    ++opcode;
  }
  return tables;
}

constexpr OpcodeTables kOpcodeTables = MakeOpcodeTables();

// The immediates of one instruction. Every method returns false after setting
// `error`; the caller turns it into a sentence, so that the fast path handles
// no Error objects.
class ImmediateReader {
 public:
  ImmediateReader(std::span<const std::uint8_t> bytes, std::size_t& position)
      : bytes_(bytes), position_(position) {}

  LebError error() const { return error_; }

  bool U32(std::uint32_t& value) {
    // One-byte values are by far the most frequent.
    if (position_ < bytes_.size() && bytes_[position_] < 0x80) {
      value = bytes_[position_++];
      return true;
    }
    return Check(ReadLeb128<32>(bytes_, position_, value));
  }
  bool U64(std::uint64_t& value) { return Check(ReadLeb128<64>(bytes_, position_, value)); }
  bool S32(std::int32_t& value) { return Check(ReadLeb128<32>(bytes_, position_, value)); }
  bool S33(std::int64_t& value) { return Check(ReadLeb128<33>(bytes_, position_, value)); }
  bool S64(std::int64_t& value) { return Check(ReadLeb128<64>(bytes_, position_, value)); }

  bool Byte(std::uint8_t& value) {
    if (position_ == bytes_.size()) return Check(LebError::kUnexpectedEnd);
    value = bytes_[position_++];
    return true;
  }

  // A little-endian bit pattern of `count` bytes (section 5.2.3).
  bool Bits(std::size_t count, std::uint64_t& value) {
    if (bytes_.size() - position_ < count) return Check(LebError::kUnexpectedEnd);
    value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      value |= static_cast<std::uint64_t>(bytes_[position_ + i]) << (8 * i);
    }
    position_ += count;
    return true;
  }

 private:
  bool Check(LebError error) {
    error_ = error;
    return error == LebError::kNone;
  }

  std::span<const std::uint8_t> bytes_;
  std::size_t& position_;
  LebError error_ = LebError::kNone;
};

}  // namespace

const char* OpcodeName(Opcode opcode) { return InfoOf(opcode).name; }

Result<Instruction> InstructionReader::Next() {
  const std::uint32_t opcode_offset = offset();
  ImmediateReader immediates(bytes_, position_);
  const auto malformed = [&] {
    return Error::Format("%s, at byte offset 0x%x", LebErrorText(immediates.error()), offset());
  };

  std::uint8_t byte = 0;
  if (!immediates.Byte(byte)) return malformed();
  std::uint16_t opcode = kOpcodeTables.plain[byte];
  if (opcode == kNoOpcode) {
    if (byte < kFirstPrefix || byte > kLastPrefix) return UnsupportedOpcode(0, byte, opcode_offset);
    std::uint32_t code = 0;
    if (!immediates.U32(code)) return malformed();
    const auto& table = kOpcodeTables.prefixed[byte - kFirstPrefix];
    if (code < table.size()) opcode = table[code];
    if (opcode == kNoOpcode) return UnsupportedOpcode(byte, code, opcode_offset);
  }

  Instruction instruction{};
  instruction.opcode = static_cast<Opcode>(opcode);
  instruction.offset = opcode_offset;
  const std::uint32_t immediate_offset = offset();

  constexpr std::int64_t kEmptyBlock = -0x40;
  // The value type whose first byte has been read.
  const auto finish_value_type = [&](std::uint8_t byte, const char* text,
                                     std::uint32_t at) -> Result<ValueType> {
    if (byte == kRefCode || byte == kRefNullCode) {
      const std::uint32_t heap_offset = offset();
      std::int64_t code = 0;
      if (!immediates.S33(code)) return malformed();
      TENON_ASSIGN_OR_RETURN(const HeapType heap, HeapTypeOfCode(code, heap_offset));
      return ReferenceTo(heap, byte == kRefNullCode);
    }
    if (!IsSupportedValueType(byte)) return UnsupportedValueType(byte, text, at);
    return static_cast<ValueType>(byte);
  };

  switch (InfoOf(instruction.opcode).immediate) {
    case ImmediateKind::kNone: break;

    case ImmediateKind::kTryTable:
    case ImmediateKind::kBlock: {
      // A type index or a negative one-byte code, in one 33-bit integer (5.3.7).
      std::int64_t type = 0;
      if (!immediates.S33(type)) return malformed();
      if (type >= 0) {
        instruction.block_type.kind = BlockType::Kind::kTypeIndex;
        instruction.block_type.type_index = static_cast<std::uint32_t>(type);
      } else if (type == kEmptyBlock) {
        instruction.block_type.kind = BlockType::Kind::kEmpty;
      } else {
        const std::uint8_t code = type >= -0x40 ? static_cast<std::uint8_t>(type & 0x7F) : 0;
        TENON_ASSIGN_OR_RETURN(instruction.block_type.value,
                               finish_value_type(code, "malformed block type", immediate_offset));
        instruction.block_type.kind = BlockType::Kind::kValue;
      }
      if (instruction.opcode != Opcode::kTryTable) break;
      std::uint32_t count = 0;
      if (!immediates.U32(count)) return malformed();
      // Every clause takes two bytes at least, so this bounds what is allocated by the input.
      if (count > (bytes_.size() - position_) / 2) {
        return Error::Format(
            "length out of bounds: try_table has %u catch clauses, but %zu bytes are left in the "
            "function, at byte offset 0x%x",
            count, bytes_.size() - position_, immediate_offset);
      }
      catches_.resize(count);
      for (CatchClause& clause : catches_) {
        const std::uint32_t clause_offset = offset();
        std::uint8_t kind = 0;
        if (!immediates.Byte(kind)) return malformed();
        if (kind > 3) {
          return Error::Format("malformed catch clause 0x%02x, at byte offset 0x%x", kind,
                               clause_offset);
        }
        clause = {static_cast<CatchClause::Kind>(kind), 0, 0};
        if (clause.has_tag() && !immediates.U32(clause.tag)) return malformed();
        if (!immediates.U32(clause.label)) return malformed();
      }
      instruction.catches = catches_;
      break;
    }

    case ImmediateKind::kIndex:
      if (!immediates.U32(instruction.index)) return malformed();
      break;

    case ImmediateKind::kTwoIndices:
      if (!immediates.U32(instruction.index)) return malformed();
      if (!immediates.U32(instruction.index2)) return malformed();
      break;

    case ImmediateKind::kBranchTable: {
      std::uint32_t count = 0;
      if (!immediates.U32(count)) return malformed();
      // Every label takes a byte, so this bounds what is allocated by the input.
      if (count >= bytes_.size() - position_) {
        return Error::Format(
            "length out of bounds: br_table has %u labels besides the default one, but %zu bytes "
            "are left in the function, at byte offset 0x%x",
            count, bytes_.size() - position_, immediate_offset);
      }
      targets_.resize(static_cast<std::size_t>(count) + 1);
      for (std::uint32_t& target : targets_) {
        if (!immediates.U32(target)) return malformed();
      }
      instruction.targets = targets_;
      break;
    }

    case ImmediateKind::kSelectTypes:
      if (!immediates.U32(instruction.type_count)) return malformed();
      for (std::uint32_t i = 0; i < instruction.type_count; ++i) {
        const std::uint32_t type_offset = offset();
        std::uint8_t type = 0;
        if (!immediates.Byte(type)) return malformed();
        TENON_ASSIGN_OR_RETURN(const ValueType value_type,
                               finish_value_type(type, "malformed value type", type_offset));
        if (i == 0) instruction.type = value_type;
      }
      break;

    case ImmediateKind::kMemoryLane:
    case ImmediateKind::kMemoryAccess: {
      // The alignment's bit 6 says that a memory index follows (5.4.6, "memarg").
      constexpr std::uint32_t kHasMemoryIndex = 0x40;
      std::uint32_t flags = 0;
      if (!immediates.U32(flags)) return malformed();
      if (flags >= 2 * kHasMemoryIndex) {
        return Error::Format("malformed memop flags: %s has 0x%x, at byte offset 0x%x",
                             OpcodeName(instruction.opcode), flags, immediate_offset);
      }
      if ((flags & kHasMemoryIndex) != 0 && !immediates.U32(instruction.memory_index)) {
        return malformed();
      }
      instruction.align_log2 = flags & (kHasMemoryIndex - 1);
      // 64 bits since memory64; the validator limits it by the memory's type.
      if (!immediates.U64(instruction.memory_offset)) return malformed();
      if (InfoOf(instruction.opcode).immediate == ImmediateKind::kMemoryLane) {
        std::uint8_t lane = 0;
        if (!immediates.Byte(lane)) return malformed();
        instruction.index = lane;
      }
      break;
    }

    case ImmediateKind::kHeapType: {
      std::int64_t code = 0;
      if (!immediates.S33(code)) return malformed();
      TENON_ASSIGN_OR_RETURN(const HeapType heap, HeapTypeOfCode(code, immediate_offset));
      instruction.type = ReferenceTo(heap, /*nullable=*/true);
      break;
    }

    case ImmediateKind::kI32: {
      std::int32_t value = 0;
      if (!immediates.S32(value)) return malformed();
      instruction.bits = static_cast<std::uint32_t>(value);
      break;
    }

    case ImmediateKind::kI64: {
      std::int64_t value = 0;
      if (!immediates.S64(value)) return malformed();
      instruction.bits = static_cast<std::uint64_t>(value);
      break;
    }

    case ImmediateKind::kF32:
      if (!immediates.Bits(4, instruction.bits)) return malformed();
      break;

    case ImmediateKind::kF64:
      if (!immediates.Bits(8, instruction.bits)) return malformed();
      break;

    case ImmediateKind::kV128:
    case ImmediateKind::kShuffle:
      if (!immediates.Bits(8, instruction.bits)) return malformed();
      if (!immediates.Bits(8, instruction.bits_high)) return malformed();
      break;

    case ImmediateKind::kZeroByte: {
      std::uint8_t zero = 0;
      if (!immediates.Byte(zero)) return malformed();
      if (zero == 0) break;
      return Error::Format("zero byte expected: %s is followed by 0x%02x, at byte offset 0x%x",
                           OpcodeName(instruction.opcode), zero, immediate_offset);
    }

    case ImmediateKind::kLane: {
      std::uint8_t lane = 0;
      if (!immediates.Byte(lane)) return malformed();
      instruction.index = lane;
      break;
    }
  }
  return instruction;
}

}  // namespace tenon::wasm
