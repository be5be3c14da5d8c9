// The .aot container: fixed-layout structs, used in place from the mapping.
// FORMAT.md is the normative description; this file is its C++ form.
//
// Little endian, offsets from the start of the file, no pointers. Every struct's
// size is asserted. Sections start 16-byte aligned; code images and the memory image start page
// aligned (kSegmentAlignment).
#pragma once

#include <cstdint>

#include "format/value_type.h"

namespace tenon::container {

inline constexpr std::uint8_t kMagic[8] = {0x7F, 't', 'e', 'n', 'o', 'n', '\r', '\n'};
inline constexpr std::uint32_t kFormatVersion = 4;
inline constexpr std::uint64_t kSegmentAlignment = 4096;
inline constexpr std::uint32_t kNone = 0xFFFFFFFF;  // "no index", "no offset"

// A range of bytes of the kStrings section. Readers must not rely on a NUL; the writer puts one
// after every string.
struct StringRef {
  std::uint32_t offset;
  std::uint32_t length;
};
static_assert(sizeof(StringRef) == 8);

struct Header {
  std::uint8_t magic[8];
  std::uint32_t format_version;
  std::uint32_t abi_version;
  std::uint64_t file_size;
  std::uint32_t section_count;
  std::uint32_t reserved;
  std::uint64_t checksum;  // of the section table
};
static_assert(sizeof(Header) == 40);
// The section table (SectionEntry[section_count]) follows at byte 48.
inline constexpr std::uint64_t kSectionTableOffset = 48;

// When a reader compares a section's checksum: when it opens the file, before the first instance,
// or when somebody asks for it. A section that grows with the number of functions is not of the
// first kind, so that loading costs the same whatever the file's size. One that grows with the code
// is of the last.
enum class Verified { kAtOpen, kBeforeUse, kOnRequest };

// One table of sections drives layout, writing, checking and dumping.
// TENON_SECTION(id enumerator, number, element struct, when its checksum is verified, name)
#define TENON_SECTIONS(TENON_SECTION)                                                       \
  TENON_SECTION(kModuleInfo, 1, ModuleInfo, kAtOpen, "module")                              \
  TENON_SECTION(kVariants, 2, VariantEntry, kAtOpen, "variants")                            \
  TENON_SECTION(kTypes, 3, TypeEntry, kAtOpen, "types")                                     \
  TENON_SECTION(kValueTypes, 4, ValueType, kAtOpen, "value types")                          \
  TENON_SECTION(kImports, 5, ImportEntry, kAtOpen, "imports")                               \
  TENON_SECTION(kExports, 6, ExportEntry, kBeforeUse, "exports")                            \
  TENON_SECTION(kExportsByName, 7, std::uint32_t, kBeforeUse, "exports by name")            \
  TENON_SECTION(kGlobals, 8, GlobalEntry, kBeforeUse, "globals")                            \
  TENON_SECTION(kMemories, 9, MemoryEntry, kAtOpen, "memories")                             \
  TENON_SECTION(kTables, 10, TableEntry, kAtOpen, "tables")                                 \
  TENON_SECTION(kReferencedFunctions, 11, ReferencedFunctionEntry, kBeforeUse, "functions") \
  TENON_SECTION(kElementSegments, 12, ElementSegmentEntry, kBeforeUse, "element segments")  \
  TENON_SECTION(kElementItems, 13, ElementItem, kBeforeUse, "element items")                \
  TENON_SECTION(kDataSegments, 14, DataSegmentEntry, kBeforeUse, "data segments")           \
  TENON_SECTION(kConstantOperations, 15, ConstantOperationEntry, kBeforeUse, "constants")   \
  TENON_SECTION(kCodeOffsets, 16, std::uint32_t, kBeforeUse, "code offsets")                \
  TENON_SECTION(kStrings, 17, char, kBeforeUse, "strings")                                  \
  TENON_SECTION(kCodeRanges, 18, CodeRangeEntry, kOnRequest, "code ranges")                 \
  TENON_SECTION(kFunctionNames, 19, StringRef, kOnRequest, "function names")                \
  TENON_SECTION(kNameStrings, 20, char, kOnRequest, "function name strings")                \
  TENON_SECTION(kCustomSections, 21, CustomSectionEntry, kOnRequest, "custom sections")     \
  TENON_SECTION(kDataBytes, 22, std::uint8_t, kOnRequest, "data bytes")                     \
  TENON_SECTION(kMemoryImage, 23, std::uint8_t, kOnRequest, "memory image")                 \
  TENON_SECTION(kCodeImages, 24, std::uint8_t, kOnRequest, "code")                          \
  TENON_SECTION(kTags, 25, TagEntry, kAtOpen, "tags")                                       \
  TENON_SECTION(kUnwindRows, 26, std::uint8_t, kOnRequest, "unwind rows")                   \
  TENON_SECTION(kMemoryPieces, 27, MemoryPieceEntry, kAtOpen, "memory pieces")              \
  TENON_SECTION(kFaultPlaces, 28, std::uint8_t, kOnRequest, "fault places")

enum class SectionId : std::uint32_t {
#define TENON_SECTION(enumerator, number, ...) enumerator = number,
  TENON_SECTIONS(TENON_SECTION)
#undef TENON_SECTION
};

// Each section occurs at most once; all of a variant's code lies inside kCodeImages.
struct SectionEntry {
  SectionId id;
  std::uint32_t reserved;
  std::uint64_t offset;
  std::uint64_t size;      // bytes
  std::uint64_t checksum;  // Checksum() of the bytes
};
static_assert(sizeof(SectionEntry) == 32);

enum class Architecture : std::uint32_t { kX86_64 = 1, kAarch64 = 2, kRiscv64 = 3, kArm = 4 };
enum class BoundsChecks : std::uint32_t { kGuard = 1, kExplicit = 2 };

constexpr const char* ArchitectureName(Architecture architecture) {
  switch (architecture) {
    case Architecture::kX86_64: return "x86-64";
    case Architecture::kAarch64: return "aarch64";
    case Architecture::kRiscv64: return "riscv64";
    case Architecture::kArm: return "armv7";
  }
  return "unknown architecture";
}
constexpr const char* BoundsChecksName(BoundsChecks mode) {
  return mode == BoundsChecks::kGuard      ? "guard"
         : mode == BoundsChecks::kExplicit ? "explicit"
                                           : "unknown mode";
}

// The bit numbers of ModuleInfo::wasm_features.
enum class WasmFeature : std::uint32_t {
#define TENON_WASM_FEATURE(enumerator, bit, name, other_name) enumerator = bit,
#include "format/tables/wasm_features.def"
#undef TENON_WASM_FEATURE
  kCount,
};

constexpr const char* WasmFeatureName(WasmFeature feature) {
  switch (feature) {
#define TENON_WASM_FEATURE(enumerator, bit, name, other_name) \
  case WasmFeature::enumerator:                               \
    return name;
#include "format/tables/wasm_features.def"
#undef TENON_WASM_FEATURE
    case WasmFeature::kCount: break;
  }
  return "unknown feature";
}

// One per file.
struct ModuleInfo {
  StringRef name;
  StringRef producer;            // "tenonc 0.1.0 (LLVM 22.1.8)"
  std::uint32_t function_count;  // imported ones included, as all counts here
  std::uint32_t imported_functions;
  std::uint32_t imported_tables;
  std::uint32_t imported_memories;
  std::uint32_t imported_globals;
  std::uint32_t start_function;  // index into kReferencedFunctions, or kNone
  std::uint64_t wasm_features;
  // Offsets from the VmContext (abi.h lists the parts), and the size of the whole block.
  std::uint32_t memories_offset;
  std::uint32_t tables_offset;
  std::uint32_t memory_pointers_offset;
  std::uint32_t table_pointers_offset;
  std::uint32_t function_imports_offset;
  std::uint32_t global_pointers_offset;
  std::uint32_t globals_offset;
  std::uint32_t funcrefs_offset;
  std::uint32_t tag_pointers_offset;
  std::uint32_t tags_offset;
  std::uint32_t context_size;
  std::uint32_t imported_tags;
};
static_assert(sizeof(ModuleInfo) == 96);

struct VariantEntry {
  Architecture architecture;
  BoundsChecks bounds_checks;
  std::uint64_t cpu_features[4];  // bit set over cpu_features_*.def
  StringRef cpu;                  // what --cpu said
  std::uint64_t image_offset;     // in the file, page aligned: rodata, then text
  std::uint64_t image_size;
  std::uint64_t text_offset;  // in the image, page aligned; text reaches the image's end
  std::uint64_t text_size;
  std::uint32_t maximum_frame_size;  // bytes
  std::uint32_t code_ranges_first;   // in kCodeRanges, sorted by text_offset
  std::uint32_t code_ranges_count;
  // In kCodeOffsets, offsets into the image or kNone: one per referenced
  // function (as others call it), then one host thunk per type, then one entry trampoline per type,
  // then again one per referenced function: the function itself.
  std::uint32_t code_offsets_first;
  std::uint32_t function_traits;    // abi::FunctionTrait
  std::uint32_t unwind_rows_first;  // bytes [first, first + size) of kUnwindRows
  std::uint32_t unwind_rows_size;
  std::uint32_t fault_places_first;  // bytes [first, first + size) of kFaultPlaces
  std::uint32_t fault_places_size;
  std::uint32_t reserved;
};
static_assert(sizeof(VariantEntry) == 120);
// How many code offsets a variant has.
constexpr std::uint64_t CodeOffsetsPerVariant(std::uint64_t referenced_functions,
                                              std::uint64_t types) {
  return 2 * (referenced_functions + types);
}

enum class TypeKind : std::uint16_t { kFunction = 1 };

// Types are in module order, so a recursive group is a run of them. Value types and supertypes name
// types by their index here, which is below the end of their own group.
struct TypeEntry {
  std::uint64_t key;          // abi::TypeKey
  std::uint32_t first_value;  // in kValueTypes: parameters, then results
  std::uint16_t parameter_count;
  std::uint16_t result_count;
  std::uint32_t group_first;
  std::uint32_t group_size;
  std::uint32_t supertype;  // or kNone
  TypeKind kind;
  std::uint16_t is_final;  // 0 or 1
};
static_assert(sizeof(TypeEntry) == 32);

enum LimitsFlag : std::uint32_t {
  kLimits64 = 1,      // addresses are 64 bits wide
  kLimitsShared = 2,  // memories
};

struct LimitsEntry {
  std::uint64_t minimum;
  std::uint64_t maximum;  // ~0: none given
  std::uint32_t flags;
  std::uint32_t page_size_log2;  // memories; 0 of tables
};
static_assert(sizeof(LimitsEntry) == 24);

struct ImportEntry {
  StringRef module;
  StringRef name;
  ExternKind kind;
  std::uint8_t is_mutable;  // globals
  std::uint16_t reserved;
  std::uint32_t type;  // functions, tags: type index; globals, tables: ValueType
  LimitsEntry limits;  // memories, tables
};
static_assert(sizeof(ImportEntry) == 48);

struct ExportEntry {
  StringRef name;
  ExternKind kind;
  std::uint8_t reserved[3];
  std::uint32_t index;  // functions: index into kReferencedFunctions; else of its space
};
static_assert(sizeof(ExportEntry) == 16);

// A range of kConstantOperations, in postfix order.
struct ConstantRange {
  std::uint32_t first;
  std::uint32_t count;
};

struct ConstantOperationEntry {
  std::uint32_t kind;  // ConstantOperationKind
  std::uint32_t reserved;
  std::uint64_t value;  // bits; kGlobalGet: global index; kRefFunc: referenced function
};
static_assert(sizeof(ConstantOperationEntry) == 16);

enum class ConstantOperationKind : std::uint32_t {
  kConst = 1,  // i32, i64, f32, f64 bits
  kGlobalGet = 2,
  kRefNull = 3,
  kRefFunc = 4,
  kI32Add = 5,
  kI32Sub = 6,
  kI32Mul = 7,
  kI64Add = 8,
  kI64Sub = 9,
  kI64Mul = 10,
  kV128High = 11,  // bytes 8 to 15 of the v128 whose first bytes the kConst before has
};

// kGlobals, kMemories and kTables hold the whole index spaces, imported ones first
// (their initializers are empty).
struct GlobalEntry {
  ValueType type;
  std::uint32_t is_mutable;
  ConstantRange initializer;
};
static_assert(sizeof(GlobalEntry) == 16);

// kTags: the whole index space.
struct TagEntry {
  std::uint32_t type_index;
};

struct MemoryEntry {
  LimitsEntry limits;  // in pages
  // In kMemoryPieces: what the memory holds at first; all else is zero.
  std::uint32_t first_piece;
  std::uint32_t piece_count;
};
static_assert(sizeof(MemoryEntry) == 32);

// The bytes [offset, offset + size) of the file, within kMemoryImage, are a memory's first bytes at
// `address`. All three are multiples of kSegmentAlignment.
struct MemoryPieceEntry {
  std::uint64_t address;
  std::uint64_t offset;
  std::uint64_t size;
};
static_assert(sizeof(MemoryPieceEntry) == 24);

struct TableEntry {
  ValueType element_type;
  std::uint32_t reserved;
  LimitsEntry limits;
  ConstantRange initializer;  // count 0: null
};
static_assert(sizeof(TableEntry) == 40);

// A function that can become a funcref: exported, in a segment, in ref.func, or the start function.
struct ReferencedFunctionEntry {
  std::uint32_t function_index;  // below imported_functions: an import
  std::uint32_t type_index;
};

struct ElementSegmentEntry {
  std::uint32_t mode;  // 0 active, 1 passive, 2 declarative
  ValueType type;
  std::uint32_t table_index;
  std::uint32_t first_item;
  std::uint32_t item_count;
  ConstantRange offset;
  std::uint32_t reserved;
};
static_assert(sizeof(ElementSegmentEntry) == 32);

struct ElementItem {
  std::uint32_t kind;  // ConstantOperationKind: kRefNull, kRefFunc, kGlobalGet
  std::uint32_t index;
};

// Numbered anew: segments of the module that are part of a memory's image and that no code names
// are not here.
struct DataSegmentEntry {
  std::uint32_t mode;  // 0 active, 1 passive
  std::uint32_t memory_index;
  ConstantRange offset;
  std::uint64_t bytes_offset;  // in kDataBytes
  std::uint64_t bytes_size;
};
static_assert(sizeof(DataSegmentEntry) == 32);

// Which function the code from image_offset on belongs to; kNone for thunks and trampolines.
struct CodeRangeEntry {
  std::uint32_t image_offset;
  std::uint32_t function_index;
  std::uint32_t unwind_rows;   // where in the variant's unwind rows its own begin, or kNone
  std::uint32_t fault_places;  // the same in its fault places
};
static_assert(sizeof(CodeRangeEntry) == 16);

struct CustomSectionEntry {
  StringRef name;              // in kNameStrings
  std::uint64_t bytes_offset;  // in kDataBytes
  std::uint64_t bytes_size;
};

// 64-bit checksum of `size` bytes: detects every change of a single byte.
std::uint64_t Checksum(const void* bytes, std::uint64_t size);

}  // namespace tenon::container
