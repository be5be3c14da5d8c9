// Builds a container from its parts. Needs no LLVM; the same parts always give
// the same bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "format/container.h"

namespace tenon::container {

// One variant's linked code. In `entry` the caller fills architecture, bounds_checks,
// cpu_features, text_offset and text_size (within the image) and maximum_frame_size; the writer the
// rest.
struct VariantParts {
  VariantEntry entry{};
  std::string cpu;
  std::vector<std::uint8_t> image;
  std::vector<std::uint32_t> code_offsets;  // see VariantEntry
  std::vector<CodeRangeEntry> code_ranges;  // sorted
  std::vector<std::uint8_t> unwind_rows;    // unwind_rows.h
  std::vector<std::uint8_t> fault_places;   // fault_places.h
};

// All the parts. Element structs refer to strings through AddString / AddNameString.
struct Parts {
  ModuleInfo info{};
  std::vector<VariantParts> variants;
  std::vector<TypeEntry> types;
  std::vector<ValueType> value_types;
  std::vector<ImportEntry> imports;
  std::vector<ExportEntry> exports;  // in module order; the writer makes the by-name index
  std::vector<GlobalEntry> globals;
  std::vector<TagEntry> tags;
  std::vector<MemoryEntry> memories;
  std::vector<MemoryPieceEntry> memory_pieces;  // `offset` is relative to memory_image and made
                                                // absolute by the writer
  std::vector<TableEntry> tables;
  std::vector<ReferencedFunctionEntry> referenced_functions;
  std::vector<ElementSegmentEntry> element_segments;
  std::vector<ElementItem> element_items;
  std::vector<DataSegmentEntry> data_segments;
  std::vector<ConstantOperationEntry> constant_operations;
  std::vector<StringRef> function_names;  // by function index, via AddNameString; or empty
  std::vector<CustomSectionEntry> custom_sections;
  std::vector<std::uint8_t> data_bytes;
  std::vector<std::uint8_t> memory_image;  // 4096-aligned pieces
  std::string strings;
  std::string name_strings;

  StringRef AddString(std::string_view text);
  StringRef AddNameString(std::string_view text);
};

std::vector<std::uint8_t> Write(const Parts& parts);

}  // namespace tenon::container
