// One decoded instruction and the reader that yields them in order.
//
// The reader is shared by validation and lowering. It checks the binary
// format (section 5.4: opcodes, LEB128 lengths, immediate encodings) and
// nothing else; types and indices are the validator's work.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/wasm/module.h"
#include "format/result.h"

namespace tenon::wasm {

// Every instruction, named `k` + its text-format name in camel case:
// i32.trunc_sat_f32_s is kI32TruncSatF32S, i32.load8_s is kI32Load8S,
// memory.grow is kMemoryGrow, select with types is kSelectTyped.
// Generated from compiler/wasm/opcodes.def.
enum class Opcode : std::uint16_t {
#define TENON_OPCODE(enumerator, ...) enumerator,
#include "compiler/wasm/opcodes.def"
#undef TENON_OPCODE
};

const char* OpcodeName(Opcode opcode);

// The type of a block, loop or if (section 5.4.1).
struct BlockType {
  enum class Kind : std::uint8_t { kEmpty, kValue, kTypeIndex };
  Kind kind = Kind::kEmpty;
  ValueType value = ValueType::kI32;  // kValue
  std::uint32_t type_index = 0;       // kTypeIndex
};

// A catch clause of try_table (section 5.4.1).
struct CatchClause {
  enum class Kind : std::uint8_t { kCatch = 0, kCatchRef = 1, kCatchAll = 2, kCatchAllRef = 3 };
  Kind kind;
  std::uint32_t tag;    // not of kCatchAll, kCatchAllRef
  std::uint32_t label;  // counted from outside of the try_table
  bool has_tag() const { return kind == Kind::kCatch || kind == Kind::kCatchRef; }
  bool has_reference() const { return kind == Kind::kCatchRef || kind == Kind::kCatchAllRef; }
};

struct Instruction {
  Opcode opcode;
  std::uint32_t offset = 0;  // byte offset of the opcode in the file
  // Meaning by opcode: local/global/function/table/type/label/segment index;
  // for call_indirect the type; for memory.copy, table.copy the destination;
  // for memory.init, table.init the segment; memory.size/grow/fill the memory;
  // the lane of a vector.
  std::uint32_t index = 0;
  // call_indirect: the table; memory.copy, table.copy: the source;
  // memory.init, table.init: the memory or table.
  std::uint32_t index2 = 0;
  std::uint64_t bits = 0;       // constants: the bit pattern, i32 zero-extended
  std::uint64_t bits_high = 0;  // v128.const: bytes 8 to 15; i8x16.shuffle: lanes 8 to 15
  BlockType block_type;         // block, loop, if
  // ref.null: the null reference of that heap type; select with types (exactly one is valid).
  ValueType type = ValueType::kI32;
  // Loads and stores.
  std::uint32_t align_log2 = 0;
  std::uint64_t memory_offset = 0;
  std::uint32_t memory_index = 0;
  // br_table: all targets, the default one last. Valid until the next call of Next.
  std::span<const std::uint32_t> targets;
  // try_table: likewise.
  std::span<const CatchClause> catches;
  // select with types: how many types were given (the validator wants one).
  std::uint32_t type_count = 0;
};

class InstructionReader {
 public:
  // `body` is an expression's bytes, `body_offset` its place in the file.
  InstructionReader(std::span<const std::uint8_t> body, std::uint32_t body_offset)
      : bytes_(body), base_(body_offset) {}

  bool AtEnd() const { return position_ == bytes_.size(); }
  std::uint32_t offset() const { return base_ + static_cast<std::uint32_t>(position_); }

  // The next instruction; an Error (in the specification's words, with byte
  // offset) if the bytes are none.
  Result<Instruction> Next();

 private:
  std::span<const std::uint8_t> bytes_;
  std::uint32_t base_;
  std::size_t position_ = 0;
  std::vector<std::uint32_t> targets_;
  std::vector<CatchClause> catches_;
};

}  // namespace tenon::wasm
