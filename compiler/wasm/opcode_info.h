// What opcodes.def says about each instruction, as a table indexed by Opcode.
//
// The reader takes the immediate's encoding from it, the validator the types of
// the instructions whose types do not depend on context.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "compiler/wasm/instruction.h"
#include "format/value_type.h"

namespace tenon::wasm {

// What an instruction is for (core specification, section 2.4, and the proposals).
enum class OpcodeClass : std::uint8_t {
  kControl,     // blocks, branches, calls, exceptions
  kParametric,  // drop, select
  kVariable,    // locals and globals
  kTable,       // an element or the size of a table
  kMemory,      // the size of a memory
  kBulk,        // what the runtime does on whole ranges of memories and tables, and their growth
  kLoad,        // of a number
  kStore,       // of a number
  kConstant,    // a number
  kReference,   // ref.*
  kNumeric,     // on numbers
  kVector,      // fixed-width SIMD, its loads and stores included
  kAtomic,      // threads
};

// How the bytes after the opcode are encoded (core specification, section 5.4).
enum class ImmediateKind : std::uint8_t {
  kNone,
  kBlock,         // block type
  kIndex,         // one index, into Instruction::index
  kTwoIndices,    // two indices, into index and index2 in the order of the bytes
  kTryTable,      // block type, then the catch clauses
  kBranchTable,   // vector of labels and the default label
  kSelectTypes,   // vector of value types
  kMemoryAccess,  // alignment, memory index where flagged, offset
  kMemoryLane,    // the same, then a lane's index into Instruction::index
  kHeapType,      // ref.null's type
  kI32,           // signed LEB128
  kI64,           // signed LEB128
  kF32,           // four bytes
  kF64,           // eight bytes
  kV128,          // sixteen bytes
  kShuffle,       // sixteen lane indices, one byte each
  kZeroByte,      // one byte, which is 0
  kLane,          // a lane's index, one byte, into Instruction::index
};

struct OpcodeInfo {
  static constexpr std::size_t kMaximumOperands = 3;

  const char* name;
  OpcodeClass opcode_class;
  ImmediateKind immediate;
  std::uint8_t width_log2;  // log2 of the bytes accessed, or of the lane's
  bool depends_on_context;  // the types below do not apply
  std::uint8_t operand_count;
  std::uint8_t result_count;                         // 0 or 1
  std::array<ValueType, kMaximumOperands> operands;  // the one popped first stands last
  ValueType result;
};

// Stands in OpcodeInfo::operands for the address type of the memory accessed.
inline constexpr ValueType kAddressType = static_cast<ValueType>(1);

namespace internal {

constexpr ValueType TypeOfLetter(char letter) {
  switch (letter) {
    case 'i': return ValueType::kI32;
    case 'l': return ValueType::kI64;
    case 'f': return ValueType::kF32;
    case 'd': return ValueType::kF64;
    case 'v': return ValueType::kV128;
    case 'a': return kAddressType;
  }
  throw "opcodes.def: unknown type letter";  // reached in constant evaluation only
}

constexpr OpcodeInfo MakeOpcodeInfo(const char* name, OpcodeClass opcode_class,
                                    ImmediateKind immediate, const char* operands,
                                    const char* results, int width) {
  OpcodeInfo info{};
  info.name = name;
  info.opcode_class = opcode_class;
  info.immediate = immediate;
  info.width_log2 = static_cast<std::uint8_t>(width);
  info.depends_on_context = operands[0] == '*';
  if (info.depends_on_context) return info;
  for (const char* letter = operands; *letter != '\0'; ++letter) {
    info.operands[info.operand_count++] = TypeOfLetter(*letter);
  }
  if (results[0] != '\0') {
    info.result = TypeOfLetter(results[0]);
    info.result_count = 1;
  }
  return info;
}

inline constexpr OpcodeInfo kOpcodeInfos[] = {
#define TENON_OPCODE(enumerator, code, text, opcode_class, immediate, operands, results, width) \
  MakeOpcodeInfo(text, OpcodeClass::opcode_class, ImmediateKind::immediate, operands, results,  \
                 width),
#include "compiler/wasm/opcodes.def"
#undef TENON_OPCODE
};

}  // namespace internal

constexpr const OpcodeInfo& InfoOf(Opcode opcode) {
  return internal::kOpcodeInfos[static_cast<std::size_t>(opcode)];
}

}  // namespace tenon::wasm
