// The inverse of the writer; see thin.h.
#include "format/thin.h"

#include <algorithm>
#include <cstring>

#include "format/ranges.h"

namespace tenon::container {
namespace {

template <typename T>
std::vector<T> Copy(const View& view, SectionId id) {
  const auto section = view.Section<T>(id);
  return std::vector<T>(section.begin(), section.end());
}

std::string CopyText(const View& view, SectionId id) {
  const auto raw = view.RawSection(id);
  return std::string(raw.begin(), raw.end());
}

// The end of the last string that the file refers to, but for CPU names.
std::uint64_t OtherStringsEnd(const View& view) {
  std::uint64_t end = 0;
  const auto include = [&end](StringRef text) {
    end = std::max(end, std::uint64_t{text.offset} + text.length);
  };
  include(view.info().name);
  include(view.info().producer);
  for (const auto& import : view.Section<ImportEntry>(SectionId::kImports)) {
    include(import.module);
    include(import.name);
  }
  for (const auto& item : view.Section<ExportEntry>(SectionId::kExports)) include(item.name);
  return end;
}

// Where the CPU names begin that the writer has put after all other strings; the section's end if
// there is anything else in that place.
std::size_t CpuNamesStart(const View& view) {
  std::string names;
  for (const VariantEntry& variant : view.Section<VariantEntry>(SectionId::kVariants)) {
    names.append(view.String(variant.cpu));
    names.push_back('\0');
  }
  const auto strings = view.RawSection(SectionId::kStrings);
  if (names.size() > strings.size()) return strings.size();
  const std::size_t start = strings.size() - names.size();
  const bool are_cpu_names = std::memcmp(strings.data() + start, names.data(), names.size()) == 0 &&
                             OtherStringsEnd(view) <= start;
  return are_cpu_names ? start : strings.size();
}

}  // namespace

Result<Parts> ReadParts(const View& view) {
  static_assert(static_cast<int>(SectionId::kMemoryPieces) == 27, "copy every section below");
  TENON_TRY(view.Verify());
  Parts parts;
  parts.info = view.info();
  parts.types = Copy<TypeEntry>(view, SectionId::kTypes);
  parts.value_types = Copy<ValueType>(view, SectionId::kValueTypes);
  parts.imports = Copy<ImportEntry>(view, SectionId::kImports);
  parts.exports = Copy<ExportEntry>(view, SectionId::kExports);
  parts.globals = Copy<GlobalEntry>(view, SectionId::kGlobals);
  parts.tags = Copy<TagEntry>(view, SectionId::kTags);
  parts.memories = Copy<MemoryEntry>(view, SectionId::kMemories);
  parts.memory_pieces = Copy<MemoryPieceEntry>(view, SectionId::kMemoryPieces);
  parts.tables = Copy<TableEntry>(view, SectionId::kTables);
  parts.referenced_functions = Copy<ReferencedFunctionEntry>(view, SectionId::kReferencedFunctions);
  parts.element_segments = Copy<ElementSegmentEntry>(view, SectionId::kElementSegments);
  parts.element_items = Copy<ElementItem>(view, SectionId::kElementItems);
  parts.data_segments = Copy<DataSegmentEntry>(view, SectionId::kDataSegments);
  parts.constant_operations = Copy<ConstantOperationEntry>(view, SectionId::kConstantOperations);
  parts.function_names = Copy<StringRef>(view, SectionId::kFunctionNames);
  parts.custom_sections = Copy<CustomSectionEntry>(view, SectionId::kCustomSections);
  parts.data_bytes = Copy<std::uint8_t>(view, SectionId::kDataBytes);
  parts.memory_image = Copy<std::uint8_t>(view, SectionId::kMemoryImage);
  parts.strings = CopyText(view, SectionId::kStrings).substr(0, CpuNamesStart(view));
  parts.name_strings = CopyText(view, SectionId::kNameStrings);

  const auto image_start = static_cast<std::uint64_t>(
      view.RawSection(SectionId::kMemoryImage).data() - view.bytes().data());
  for (MemoryPieceEntry& piece : parts.memory_pieces) piece.offset -= image_start;

  const auto offsets = view.Section<std::uint32_t>(SectionId::kCodeOffsets);
  const auto ranges = view.Section<CodeRangeEntry>(SectionId::kCodeRanges);
  const auto rows = view.RawSection(SectionId::kUnwindRows);
  const auto places = view.RawSection(SectionId::kFaultPlaces);
  const std::uint64_t per_variant =
      CodeOffsetsPerVariant(parts.referenced_functions.size(), parts.types.size());
  for (const VariantEntry& entry : view.Section<VariantEntry>(SectionId::kVariants)) {
    if (IsOutside(entry.code_ranges_first, entry.code_ranges_count, ranges.size())) {
      return Error::Format("malformed file: a variant's code ranges lie outside of their section");
    }
    if (IsOutside(entry.unwind_rows_first, entry.unwind_rows_size, rows.size())) {
      return Error::Format("malformed file: a variant's unwind rows lie outside of their section");
    }
    if (entry.fault_places_first > places.size() ||
        entry.fault_places_size > places.size() - entry.fault_places_first) {
      return Error::Format("malformed file: a variant's fault places lie outside of their section");
    }
    VariantParts variant;
    variant.entry = entry;
    variant.cpu = view.String(entry.cpu);
    const auto image = view.bytes().subspan(entry.image_offset, entry.image_size);
    variant.image.assign(image.begin(), image.end());
    const auto own_offsets = offsets.subspan(entry.code_offsets_first, per_variant);
    variant.code_offsets.assign(own_offsets.begin(), own_offsets.end());
    const auto own_ranges = ranges.subspan(entry.code_ranges_first, entry.code_ranges_count);
    variant.code_ranges.assign(own_ranges.begin(), own_ranges.end());
    const auto own_rows = rows.subspan(entry.unwind_rows_first, entry.unwind_rows_size);
    variant.unwind_rows.assign(own_rows.begin(), own_rows.end());
    const auto own_places = places.subspan(entry.fault_places_first, entry.fault_places_size);
    variant.fault_places.assign(own_places.begin(), own_places.end());
    parts.variants.push_back(std::move(variant));
  }
  return parts;
}

Result<std::vector<std::uint8_t>> Thin(const View& view,
                                       const std::function<bool(const VariantEntry&)>& keep) {
  const auto entries = view.Section<VariantEntry>(SectionId::kVariants);
  TENON_ASSIGN_OR_RETURN(Parts parts, ReadParts(view));
  std::vector<VariantParts> kept;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (keep(entries[i])) kept.push_back(std::move(parts.variants[i]));
  }
  if (kept.empty()) return Error::Format("the file has no such variant; tenon inspect lists them");
  parts.variants = std::move(kept);
  return Write(parts);
}

}  // namespace tenon::container
