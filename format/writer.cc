// Builds a container from its parts: the last stage of the compiler. Tests make files with it too.
// The layout comes first and the bytes after it, because elements contain offsets into sections.
//
// Invariants: sections appear in the order of TENON_SECTIONS, empty ones are left out, and padding
// is zero, so equal parts give equal bytes.
#include "format/writer.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "format/abi.h"
#include "format/ranges.h"

namespace tenon::container {
namespace {

constexpr std::size_t kSectionAlignment = 16;

StringRef Append(std::string& strings, std::string_view text) {
  const StringRef reference{static_cast<std::uint32_t>(strings.size()),
                            static_cast<std::uint32_t>(text.size())};
  strings.append(text);
  strings.push_back('\0');
  return reference;
}

struct Payload {
  const void* data = nullptr;
  std::uint64_t size = 0;
};

template <typename Container>
Payload PayloadOf(const Container& elements) {
  return {elements.data(), elements.size() * sizeof(elements[0])};
}

// The first variant with the same image as `variants[index]`. Code that is the same in several
// variants is stored once.
std::size_t FirstEqualImage(const std::vector<VariantParts>& variants, std::size_t index) {
  std::size_t i = 0;
  while (i < index && variants[i].image != variants[index].image) ++i;
  return i;
}

}  // namespace

StringRef Parts::AddString(std::string_view text) { return Append(strings, text); }
StringRef Parts::AddNameString(std::string_view text) { return Append(name_strings, text); }

std::vector<std::uint8_t> Write(const Parts& parts) {
  std::string strings = parts.strings;
  std::vector<VariantEntry> variants;
  std::vector<std::uint32_t> code_offsets;
  std::vector<CodeRangeEntry> code_ranges;
  std::vector<std::uint8_t> unwind_rows;
  std::vector<std::uint8_t> fault_places;
  std::uint64_t images_size = 0;
  for (const VariantParts& variant : parts.variants) {
    VariantEntry entry = variant.entry;
    entry.cpu = Append(strings, variant.cpu);
    entry.image_size = variant.image.size();
    const std::size_t equal = FirstEqualImage(parts.variants, variants.size());
    if (equal < variants.size()) {
      entry.image_offset = variants[equal].image_offset;
    } else {
      images_size = AlignUp(images_size, kSegmentAlignment);
      entry.image_offset = images_size;  // made absolute below
      images_size += variant.image.size();
    }
    entry.code_offsets_first = static_cast<std::uint32_t>(code_offsets.size());
    code_offsets.insert(code_offsets.end(), variant.code_offsets.begin(),
                        variant.code_offsets.end());
    entry.code_ranges_first = static_cast<std::uint32_t>(code_ranges.size());
    entry.code_ranges_count = static_cast<std::uint32_t>(variant.code_ranges.size());
    code_ranges.insert(code_ranges.end(), variant.code_ranges.begin(), variant.code_ranges.end());
    entry.unwind_rows_first = static_cast<std::uint32_t>(unwind_rows.size());
    entry.unwind_rows_size = static_cast<std::uint32_t>(variant.unwind_rows.size());
    unwind_rows.insert(unwind_rows.end(), variant.unwind_rows.begin(), variant.unwind_rows.end());
    entry.fault_places_first = static_cast<std::uint32_t>(fault_places.size());
    entry.fault_places_size = static_cast<std::uint32_t>(variant.fault_places.size());
    fault_places.insert(fault_places.end(), variant.fault_places.begin(),
                        variant.fault_places.end());
    variants.push_back(entry);
  }

  const auto export_name = [&parts](std::uint32_t index) {
    const StringRef name = parts.exports[index].name;
    return std::string_view(parts.strings).substr(name.offset, name.length);
  };
  std::vector<std::uint32_t> exports_by_name(parts.exports.size());
  std::iota(exports_by_name.begin(), exports_by_name.end(), 0u);
  std::sort(exports_by_name.begin(), exports_by_name.end(),
            [&](std::uint32_t left, std::uint32_t right) {
              return export_name(left) < export_name(right);
            });
  std::vector<MemoryPieceEntry> memory_pieces = parts.memory_pieces;

  const auto payload_of = [&](SectionId id) -> Payload {
    switch (id) {
      case SectionId::kModuleInfo: return {&parts.info, sizeof parts.info};
      case SectionId::kVariants: return PayloadOf(variants);
      case SectionId::kTypes: return PayloadOf(parts.types);
      case SectionId::kValueTypes: return PayloadOf(parts.value_types);
      case SectionId::kImports: return PayloadOf(parts.imports);
      case SectionId::kExports: return PayloadOf(parts.exports);
      case SectionId::kExportsByName: return PayloadOf(exports_by_name);
      case SectionId::kGlobals: return PayloadOf(parts.globals);
      case SectionId::kTags: return PayloadOf(parts.tags);
      case SectionId::kMemories: return PayloadOf(parts.memories);
      case SectionId::kTables: return PayloadOf(parts.tables);
      case SectionId::kReferencedFunctions: return PayloadOf(parts.referenced_functions);
      case SectionId::kElementSegments: return PayloadOf(parts.element_segments);
      case SectionId::kElementItems: return PayloadOf(parts.element_items);
      case SectionId::kDataSegments: return PayloadOf(parts.data_segments);
      case SectionId::kConstantOperations: return PayloadOf(parts.constant_operations);
      case SectionId::kCodeOffsets: return PayloadOf(code_offsets);
      case SectionId::kStrings: return PayloadOf(strings);
      case SectionId::kCodeRanges: return PayloadOf(code_ranges);
      case SectionId::kUnwindRows: return PayloadOf(unwind_rows);
      case SectionId::kFaultPlaces: return PayloadOf(fault_places);
      case SectionId::kFunctionNames: return PayloadOf(parts.function_names);
      case SectionId::kNameStrings: return PayloadOf(parts.name_strings);
      case SectionId::kCustomSections: return PayloadOf(parts.custom_sections);
      case SectionId::kDataBytes: return PayloadOf(parts.data_bytes);
      case SectionId::kMemoryPieces: return PayloadOf(memory_pieces);
      case SectionId::kMemoryImage: return PayloadOf(parts.memory_image);
      case SectionId::kCodeImages: return {nullptr, images_size};  // written piecewise
    }
    return {};
  };

  std::vector<SectionEntry> sections;
#define TENON_SECTION(enumerator, number, element, verified, name)                    \
  if (const Payload payload = payload_of(SectionId::enumerator); payload.size != 0) { \
    sections.push_back({SectionId::enumerator, 0, 0, payload.size, 0});               \
  }
  TENON_SECTIONS(TENON_SECTION)
#undef TENON_SECTION

  std::uint64_t position = kSectionTableOffset + sections.size() * sizeof(SectionEntry);
  std::uint64_t memory_image_offset = 0;
  std::uint64_t images_offset = 0;
  for (SectionEntry& section : sections) {
    const bool segment =
        section.id == SectionId::kMemoryImage || section.id == SectionId::kCodeImages;
    position = AlignUp(position, segment ? kSegmentAlignment : kSectionAlignment);
    section.offset = position;
    position += section.size;
    if (section.id == SectionId::kMemoryImage) memory_image_offset = section.offset;
    if (section.id == SectionId::kCodeImages) images_offset = section.offset;
  }
  for (VariantEntry& variant : variants) variant.image_offset += images_offset;
  for (MemoryPieceEntry& piece : memory_pieces) piece.offset += memory_image_offset;

  std::vector<std::uint8_t> file(position);
  for (SectionEntry& section : sections) {
    std::uint8_t* destination = file.data() + section.offset;
    if (section.id == SectionId::kCodeImages) {
      for (std::size_t i = 0; i < variants.size(); ++i) {
        const std::vector<std::uint8_t>& image = parts.variants[i].image;
        if (!image.empty())
          std::memcpy(file.data() + variants[i].image_offset, image.data(), image.size());
      }
    } else {
      std::memcpy(destination, payload_of(section.id).data, section.size);
    }
    section.checksum = Checksum(destination, section.size);
  }
  std::uint8_t* table = file.data() + kSectionTableOffset;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    std::memcpy(table + i * sizeof(SectionEntry), &sections[i], sizeof(SectionEntry));
  }

  Header header{};
  std::memcpy(header.magic, kMagic, sizeof kMagic);
  header.format_version = kFormatVersion;
  header.abi_version = abi::kAbiVersion;
  header.file_size = file.size();
  header.section_count = static_cast<std::uint32_t>(sections.size());
  header.checksum = Checksum(table, sections.size() * sizeof(SectionEntry));
  std::memcpy(file.data(), &header, sizeof header);
  return file;
}

}  // namespace tenon::container
