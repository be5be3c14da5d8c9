// A WebAssembly module as plain data: what the reader produces, the validator
// checks, and lowering consumes.
//
// Function bodies stay bytes of the input (which must outlive the Module);
// validator and lowering both walk them with InstructionReader
// (instruction.h), so there is one decoder. Index spaces are vectors with the
// imported entries first, as in the specification (section 2.5).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/wasm/features.h"
#include "format/value_type.h"

namespace tenon::wasm {

struct FunctionType {
  std::vector<ValueType> parameters;
  std::vector<ValueType> results;
  bool operator==(const FunctionType&) const = default;
};

// What a type's declaration says besides its form (section 3.1.4). All types are function types so
// far; struct and array types will stand beside them under the same indices.
struct TypeDeclaration {
  std::uint32_t group_first = 0;  // its recursive group: types [group_first, +group_size)
  std::uint32_t group_size = 1;
  std::optional<std::uint32_t> supertype;
  std::uint32_t supertypes = 0;  // that one, its own and so on
  bool is_final = true;
  std::uint32_t offset = 0;  // byte offset in the file, for messages
  // The first type of the module that is equal to it: equal types have equal ones.
  std::uint32_t canonical = 0;
};

// Limits of a memory (in pages) or a table (in elements).
struct Limits {
  std::uint64_t minimum = 0;
  std::optional<std::uint64_t> maximum;
  bool is_64 = false;                 // addresses are i64 (memory64)
  bool shared = false;                // threads
  std::uint32_t page_size_log2 = 16;  // memories only
  ValueType AddressType() const { return is_64 ? ValueType::kI64 : ValueType::kI32; }
};

// A constant expression (section 3.3.13, with extended-const arithmetic) in
// postfix order. Both evaluated at compile time where possible and written to
// the container where it depends on an imported global.
struct ConstantOperation {
  enum class Kind : std::uint8_t {
    kI32Const,
    kI64Const,
    kF32Const,
    kF64Const,   // bits in `value`
    kV128Const,  // bytes 0 to 7 in `value`, 8 to 15 in `value_high`
    kGlobalGet,  // global index in `value`
    kRefNull,    // the reference's ValueType in `value`
    kRefFunc,    // function index in `value`
    kI32Add,
    kI32Sub,
    kI32Mul,
    kI64Add,
    kI64Sub,
    kI64Mul,
  };
  Kind kind;
  std::uint64_t value = 0;
  std::uint64_t value_high = 0;
};
using ConstantExpression = std::vector<ConstantOperation>;

struct Import {
  std::string_view module;
  std::string_view name;
  ExternKind kind;
  std::uint32_t index;   // in the index space of `kind`
  std::uint32_t offset;  // byte offset in the file, for messages
};

struct Export {
  std::string_view name;
  ExternKind kind;
  std::uint32_t index;
  std::uint32_t offset = 0;  // byte offset in the file, for messages
};

struct Function {
  std::uint32_t type_index = 0;
  bool imported = false;
  // Address-taken in the sense of the specification's `refs`: exported, in an
  // element segment, in a global initialiser or in any ref.func. Only these can become funcrefs.
  bool referenced = false;
  // The rest is for defined functions only.
  struct LocalRun {
    std::uint32_t count;
    ValueType type;
  };
  std::vector<LocalRun> locals;        // without the parameters
  std::span<const std::uint8_t> body;  // expression bytes, the final `end` included
  std::uint32_t body_offset = 0;       // byte offset of body.data() in the file;
                                       // of the import for an imported function
  std::string_view name;               // from the name section; empty if none
};

struct Table {
  ValueType element_type = ValueType::kFuncRef;
  Limits limits;
  bool imported = false;
  ConstantExpression initializer;  // empty: null
  std::uint32_t offset = 0;        // byte offset in the file, for messages
};

struct Memory {
  Limits limits;
  bool imported = false;
  std::uint32_t offset = 0;  // byte offset in the file, for messages
};

struct Global {
  ValueType type = ValueType::kI32;
  bool is_mutable = false;
  bool imported = false;
  ConstantExpression initializer;
  std::uint32_t offset = 0;  // byte offset in the file, for messages
};

struct Tag {
  std::uint32_t type_index = 0;  // a function type without results
  bool imported = false;
  std::uint32_t offset = 0;  // byte offset in the file, for messages
};

enum class SegmentMode : std::uint8_t { kActive = 0, kPassive = 1, kDeclarative = 2 };

struct ElementSegment {
  SegmentMode mode = SegmentMode::kPassive;
  ValueType type = ValueType::kFuncRef;
  std::uint32_t table_index = 0;
  ConstantExpression offset;  // active only
  std::vector<ConstantExpression> items;
  std::uint32_t file_offset = 0;  // byte offset in the file, for messages
};

struct DataSegment {
  SegmentMode mode = SegmentMode::kPassive;
  std::uint32_t memory_index = 0;
  ConstantExpression offset;  // active only
  std::span<const std::uint8_t> bytes;
  std::uint32_t file_offset = 0;  // byte offset in the file, for messages
  bool named_by_code = false;     // by memory.init or data.drop; set by ValidateModule
};

struct CustomSection {
  std::string_view name;
  std::span<const std::uint8_t> bytes;
};

struct Module {
  std::vector<FunctionType> types;
  std::vector<TypeDeclaration> type_declarations;  // as many
  std::vector<Import> imports;
  std::vector<Function> functions;
  std::vector<Table> tables;
  std::vector<Memory> memories;
  std::vector<Global> globals;
  std::vector<Tag> tags;
  std::vector<Export> exports;
  std::optional<std::uint32_t> start_function;
  std::uint32_t start_offset = 0;  // byte offset of the start section's index
  std::vector<ElementSegment> element_segments;
  std::vector<DataSegment> data_segments;
  std::vector<CustomSection> custom_sections;
  std::optional<std::uint32_t> data_count;
  std::string_view name;         // module name of the name section
  FeatureUse features;           // set by ValidateModule
  bool uses_tail_calls = false;  // set by ValidateModule
  // Whether exceptions may begin or be caught in it: it has tags, or instructions that need none.
  bool uses_exceptions = false;  // set by ValidateModule
  std::uint32_t imported_functions = 0;
  std::uint32_t imported_tables = 0;
  std::uint32_t imported_memories = 0;
  std::uint32_t imported_globals = 0;
  std::uint32_t imported_tags = 0;

  ValueType AddressTypeOfMemory(std::uint32_t index) const {
    return memories[index].limits.AddressType();
  }
  const FunctionType& TypeOf(const Function& function) const { return types[function.type_index]; }
};

}  // namespace tenon::wasm
