// The checked view of a container: bytes in, view or error out, no allocation.
//
// Open checks what loading relies on: the header, the versions, the section table, and the sections
// that the table of container.h verifies at open. CheckBeforeUse checks exports, functions,
// globals, segments and code offsets, before the first instance or before they are looked at
// otherwise. After that the accessors need no checks. Names, code ranges, unwind rows and custom
// sections are checked where they are used. So the time that Open takes does not grow with the
// code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "format/code_tables/unwind_rows.h"
#include "format/container.h"
#include "format/result.h"

namespace tenon::container {

class View {
 public:
  View() = default;
  // `bytes` must be 8-byte aligned and outlive the view.
  static Result<View> Open(std::span<const std::uint8_t> bytes);
  // The rest of what an instance with this variant's code relies on.
  Status CheckBeforeUse(const VariantEntry& variant) const;
  // All checksums and all that can be checked, of every variant; takes as long as reading the file.
  Status Verify() const;
  Status CompareChecksums(Verified when) const;

  std::span<const std::uint8_t> bytes() const { return bytes_; }
  const Header& header() const { return *reinterpret_cast<const Header*>(bytes_.data()); }
  std::span<const SectionEntry> sections() const;
  // The section's elements; empty if the file does not have it.
  template <typename T>
  std::span<const T> Section(SectionId id) const {
    const auto raw = RawSection(id);
    return {reinterpret_cast<const T*>(raw.data()), raw.size() / sizeof(T)};
  }
  std::span<const std::uint8_t> RawSection(SectionId id) const {
    const std::uint8_t place = places_[static_cast<std::uint32_t>(id)];
    if (place == 0) return bytes_.first(0);
    const SectionEntry& section =
        reinterpret_cast<const SectionEntry*>(bytes_.data() + kSectionTableOffset)[place - 1];
    return bytes_.subspan(section.offset, section.size);
  }
  const ModuleInfo& info() const { return Section<ModuleInfo>(SectionId::kModuleInfo)[0]; }
  std::string_view String(StringRef reference) const;  // kStrings
  std::span<const ValueType> Parameters(const TypeEntry& type) const;
  std::span<const ValueType> Results(const TypeEntry& type) const;
  // Bytes of each of an instance's funcref records (abi.h).
  std::size_t funcref_size() const;
  // Type index of a function, imported or referenced.
  const TypeEntry& TypeOfReferenced(std::uint32_t referenced_function) const;
  // Binary search over kExportsByName; null if there is none.
  const ExportEntry* FindExport(std::string_view name) const;
  // Name of a function; empty if there is none (checked here, at use).
  std::string_view FunctionName(std::uint32_t function_index) const;
  // The function whose code includes this offset into the variant's image; kNone if none.
  std::uint32_t FunctionAt(const VariantEntry& variant, std::uint64_t image_offset) const;
  // How to find the caller of the code at this offset into the image. None if the variant's code
  // keeps frame pointers.
  std::optional<UnwindRow> UnwindAt(const VariantEntry& variant, std::uint64_t image_offset) const;
  // Whether the instruction at `image_offset` faults in the place of a bounds check
  // (fault_places.h).
  bool IsFaultPlaceAt(const VariantEntry& variant, std::uint64_t image_offset) const;

 private:
  const CodeRangeEntry* CodeRangeAt(const VariantEntry& variant, std::uint64_t image_offset) const;

  std::span<const std::uint8_t> bytes_;
  std::uint8_t places_[32] = {};  // of each section in the table, from 1 on; 0: not there
};

}  // namespace tenon::container
