// The checked view: the only way into a file. The header and the section table are checked here,
// the contents of sections in check_at_open.cc and check_before_use.cc. After that a wrong byte may
// change what a program computes, but never makes the reader leave the file.
#include "format/view.h"

#include <cstring>

#include "format/abi.h"
#include "format/check.h"
#include "format/fault_places.h"

namespace tenon::container {
namespace {

using std::uint32_t;
using std::uint64_t;

constexpr uint32_t kHighestSectionNumber = 28;

struct SectionTraits {
  const char* name = nullptr;
  uint64_t element_size = 1;
  Verified verified = Verified::kOnRequest;
};

SectionTraits TraitsOf(SectionId id) {
  switch (id) {
#define TENON_SECTION(enumerator, number, element, verified, name) \
  case SectionId::enumerator: return {name, sizeof(element), Verified::verified};
    TENON_SECTIONS(TENON_SECTION)
#undef TENON_SECTION
  }
  return {};
}

}  // namespace

Result<View> View::Open(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < 4) return Error::Format("not a Tenon file: only %zu bytes", bytes.size());
  if (std::memcmp(bytes.data(), "\0aot", 4) == 0) {
    return Error::Format(
        "this is an .aot file of WAMR (wamrc), not of Tenon: compile the .wasm with tenonc");
  }
  if (std::memcmp(bytes.data(), "\0asm", 4) == 0) {
    return Error::Format(
        "this is a WebAssembly module, not compiled code: compile it with tenonc first");
  }
  if (bytes.size() < sizeof kMagic ? std::memcmp(bytes.data(), kMagic, bytes.size()) != 0
                                   : std::memcmp(bytes.data(), kMagic, sizeof kMagic) != 0) {
    return Error::Format("not a Tenon file: the first bytes are not those of a Tenon .aot");
  }
  if (bytes.size() < kSectionTableOffset) {
    return Error::Format("truncated file: %zu bytes are less than a header", bytes.size());
  }
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % 8 != 0)
    return Error::Format("the buffer is not aligned to 8 bytes");

  View view;
  view.bytes_ = bytes;
  const Header& header = view.header();
  if (header.format_version != kFormatVersion) {
    return Error::Format("the file has format version %u, this runtime reads version %u",
                         header.format_version, kFormatVersion);
  }
  if (header.abi_version != abi::kAbiVersion) {
    return Error::Format("the file's code has ABI version %u, this runtime has version %u",
                         header.abi_version, abi::kAbiVersion);
  }
  if (header.file_size > bytes.size()) {
    return Error::Format("truncated file: %zu bytes of %llu", bytes.size(),
                         static_cast<unsigned long long>(header.file_size));
  }
  if (header.file_size < kSectionTableOffset)
    return Error::Format("malformed file: it claims a size below its header's");
  view.bytes_ = bytes.first(header.file_size);  // a buffer may be larger
  if (header.section_count > (header.file_size - kSectionTableOffset) / sizeof(SectionEntry)) {
    return Error::Format("malformed file: %u sections do not fit into %llu bytes",
                         header.section_count, static_cast<unsigned long long>(header.file_size));
  }
  const std::span<const SectionEntry> sections = view.sections();
  const uint64_t checksum = Checksum(sections.data(), sections.size_bytes());
  if (checksum != header.checksum) {
    return Error::Format(
        "damaged file: the section table's checksum is %016llx, the header says %016llx",
        static_cast<unsigned long long>(checksum),
        static_cast<unsigned long long>(header.checksum));
  }

  uint64_t position = kSectionTableOffset + sections.size_bytes();
  uint32_t seen = 0;
  for (const SectionEntry& section : sections) {
    const uint32_t number = static_cast<uint32_t>(section.id);
    const SectionTraits traits = TraitsOf(section.id);
    if (traits.name == nullptr || number > kHighestSectionNumber)
      return Error::Format("malformed file: unknown section %u", number);
    if ((seen >> number & 1) != 0)
      return Error::Format("malformed file: section \"%s\" occurs twice", traits.name);
    seen |= uint32_t{1} << number;
    const bool segment =
        section.id == SectionId::kMemoryImage || section.id == SectionId::kCodeImages;
    if (section.offset % (segment ? kSegmentAlignment : 16) != 0)
      return Error::Format("malformed file: section \"%s\" is not aligned", traits.name);
    if (section.offset < position)
      return Error::Format("malformed file: section \"%s\" overlaps what lies before it",
                           traits.name);
    if (!Fits(section.offset, section.size, view.bytes_.size()))
      return Error::Format("malformed file: section \"%s\" reaches beyond the file's end",
                           traits.name);
    if (section.size % traits.element_size != 0) {
      return Error::Format("malformed file: section \"%s\" has %llu bytes, no multiple of %llu",
                           traits.name, static_cast<unsigned long long>(section.size),
                           static_cast<unsigned long long>(traits.element_size));
    }
    view.places_[number] = static_cast<std::uint8_t>(&section - sections.data() + 1);
    position = section.offset + section.size;
  }
  if (view.Section<ModuleInfo>(SectionId::kModuleInfo).size() != 1) {
    return Error::Format("malformed file: section \"module\" is not one element");
  }
  TENON_TRY(view.CompareChecksums(Verified::kAtOpen));
  TENON_TRY(CheckAtOpen(view));
  return view;
}

Status View::CompareChecksums(Verified when) const {
  for (const SectionEntry& section : sections()) {
    const SectionTraits traits = TraitsOf(section.id);
    if (traits.verified != when) continue;
    const uint64_t actual = Checksum(bytes_.data() + section.offset, section.size);
    if (actual == section.checksum) continue;
    return Error::Format(
        "damaged file: section \"%s\" has checksum %016llx, the table says %016llx", traits.name,
        static_cast<unsigned long long>(actual), static_cast<unsigned long long>(section.checksum));
  }
  return Status::Ok();
}

Status View::CheckBeforeUse(const VariantEntry& variant) const {
  return container::CheckBeforeUse(*this, variant);
}

Status View::Verify() const {
  TENON_TRY(CompareChecksums(Verified::kOnRequest));
  for (const VariantEntry& variant : Section<VariantEntry>(SectionId::kVariants))
    TENON_TRY(CheckBeforeUse(variant));
  const auto exports = Section<ExportEntry>(SectionId::kExports);
  const auto by_name = Section<uint32_t>(SectionId::kExportsByName);
  // Strictly ascending names are distinct entries: with equal counts, a permutation.
  for (std::size_t i = 1; i < by_name.size(); ++i) {
    if (String(exports[by_name[i - 1]].name) >= String(exports[by_name[i]].name))
      return Bad("exports by name", i, "not in ascending order of distinct names");
  }
  return Status::Ok();
}

std::span<const SectionEntry> View::sections() const {
  return {reinterpret_cast<const SectionEntry*>(bytes_.data() + kSectionTableOffset),
          header().section_count};
}

std::string_view View::String(StringRef reference) const {
  return {reinterpret_cast<const char*>(RawSection(SectionId::kStrings).data()) + reference.offset,
          reference.length};
}

std::span<const ValueType> View::Parameters(const TypeEntry& type) const {
  return Section<ValueType>(SectionId::kValueTypes).subspan(type.first_value, type.parameter_count);
}

std::span<const ValueType> View::Results(const TypeEntry& type) const {
  return Section<ValueType>(SectionId::kValueTypes)
      .subspan(uint64_t{type.first_value} + type.parameter_count, type.result_count);
}

std::size_t View::funcref_size() const {
  constexpr std::uint32_t kWrapped = abi::kTraitTailConvention | abi::kTraitThrows;
  const auto functions = Section<ReferencedFunctionEntry>(SectionId::kReferencedFunctions);
  const std::uint32_t traits = Section<VariantEntry>(SectionId::kVariants)[0].function_traits;
  return abi::FuncRefSize(
      (traits & kWrapped) != 0,
      !functions.empty() && functions[0].function_index < info().imported_functions);
}

const TypeEntry& View::TypeOfReferenced(std::uint32_t referenced_function) const {
  const auto& function =
      Section<ReferencedFunctionEntry>(SectionId::kReferencedFunctions)[referenced_function];
  return Section<TypeEntry>(SectionId::kTypes)[function.type_index];
}

const ExportEntry* View::FindExport(std::string_view name) const {
  const auto by_name = Section<std::uint32_t>(SectionId::kExportsByName);
  const auto exports = Section<ExportEntry>(SectionId::kExports);
  std::size_t low = 0, high = by_name.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    const ExportEntry& entry = exports[by_name[middle]];
    const int order = String(entry.name).compare(name);
    if (order == 0) return &entry;
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return nullptr;
}

std::string_view View::FunctionName(std::uint32_t function_index) const {
  const auto names = Section<StringRef>(SectionId::kFunctionNames);
  const auto strings = RawSection(SectionId::kNameStrings);
  if (function_index >= names.size()) return {};
  const StringRef reference = names[function_index];
  if (!Fits(reference.offset, reference.length, strings.size())) return {};
  return {reinterpret_cast<const char*>(strings.data()) + reference.offset, reference.length};
}

const CodeRangeEntry* View::CodeRangeAt(const VariantEntry& variant,
                                        std::uint64_t image_offset) const {
  const auto all = Section<CodeRangeEntry>(SectionId::kCodeRanges);
  if (!Fits(variant.code_ranges_first, variant.code_ranges_count, all.size())) return nullptr;
  const auto ranges = all.subspan(variant.code_ranges_first, variant.code_ranges_count);
  std::size_t low = 0, high = ranges.size();  // the last range that starts at or below image_offset
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (ranges[middle].image_offset <= image_offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low == 0 ? nullptr : &ranges[low - 1];
}

std::uint32_t View::FunctionAt(const VariantEntry& variant, std::uint64_t image_offset) const {
  const CodeRangeEntry* const range = CodeRangeAt(variant, image_offset);
  return range == nullptr ? kNone : range->function_index;
}

std::optional<UnwindRow> View::UnwindAt(const VariantEntry& variant,
                                        std::uint64_t image_offset) const {
  const CodeRangeEntry* const range = CodeRangeAt(variant, image_offset);
  const auto all = RawSection(SectionId::kUnwindRows);
  if (range == nullptr || range->unwind_rows >= variant.unwind_rows_size ||
      !Fits(variant.unwind_rows_first, variant.unwind_rows_size, all.size())) {
    return std::nullopt;
  }
  const auto own = all.subspan(variant.unwind_rows_first, variant.unwind_rows_size);
  return FindUnwindRow(own.subspan(range->unwind_rows), image_offset - range->image_offset);
}

bool View::IsFaultPlaceAt(const VariantEntry& variant, std::uint64_t image_offset) const {
  const CodeRangeEntry* const range = CodeRangeAt(variant, image_offset);
  const auto all = RawSection(SectionId::kFaultPlaces);
  if (range == nullptr || range->fault_places >= variant.fault_places_size ||
      !Fits(variant.fault_places_first, variant.fault_places_size, all.size())) {
    return false;
  }
  const auto own = all.subspan(variant.fault_places_first, variant.fault_places_size);
  return IsFaultPlace(own.subspan(range->fault_places), image_offset - range->image_offset);
}

}  // namespace tenon::container
