// The smallest container that loads, for tests that write, read and damage containers.
#pragma once

#include <cstring>
#include <span>
#include <vector>

#include "format/abi.h"
#include "format/container.h"
#include "format/writer.h"

namespace tenon::container {

// One exported function () -> i32 in one variant with one page of text.
inline Parts TinyParts() {
  Parts parts;
  parts.info.name = parts.AddString("tiny");
  parts.info.producer = parts.AddString("test");
  parts.info.function_count = 1;
  parts.info.start_function = kNone;
  parts.value_types = {ValueType::kI32};
  parts.types.push_back({abi::TypeKey(nullptr, 0, parts.value_types.data(), 1), 0, 0, 1, 0, 1,
                         kNone, TypeKind::kFunction, 1});
  parts.referenced_functions.push_back({0, 0});
  parts.exports.push_back({parts.AddString("run"), ExternKind::kFunction, {}, 0});
  parts.exports.push_back({parts.AddString("also"), ExternKind::kFunction, {}, 0});
  const std::uint32_t head = sizeof(abi::VmContext);
  parts.info.memories_offset = parts.info.tables_offset = parts.info.memory_pointers_offset = head;
  parts.info.table_pointers_offset = parts.info.function_imports_offset =
      parts.info.global_pointers_offset = head;
  parts.info.globals_offset = parts.info.funcrefs_offset = head;
  parts.info.tag_pointers_offset = parts.info.tags_offset = head + sizeof(abi::FuncRef);
  parts.info.context_size = head + sizeof(abi::FuncRef);
  parts.function_names = {parts.AddNameString("run")};
  VariantParts variant;
  variant.entry.architecture = Architecture::kX86_64;
  variant.entry.bounds_checks = BoundsChecks::kGuard;
  variant.entry.text_size = 64;
  variant.cpu = "generic";
  variant.image = std::make_shared<const std::vector<std::uint8_t>>(64, std::uint8_t{0xC3});
  variant.code_offsets = {0, kNone, 16, 0};
  variant.code_ranges = {{0, 0, kNone, kNone}, {16, kNone, 0, kNone}};
  parts.variants.push_back(variant);
  return parts;
}

// Views need 8-byte alignment.
struct Aligned {
  explicit Aligned(std::span<const std::uint8_t> bytes)
      : words((bytes.size() + 7) / 8), size(bytes.size()) {
    if (size != 0) std::memcpy(words.data(), bytes.data(), size);
  }
  std::uint8_t* data() { return reinterpret_cast<std::uint8_t*>(words.data()); }
  std::span<const std::uint8_t> bytes() { return {data(), size}; }
  std::vector<std::uint64_t> words;
  std::size_t size;
};

// The checksums of what was changed in `section` are made right again.
inline void Repair(Aligned& file, SectionId id) {
  Header header;
  std::memcpy(&header, file.data(), sizeof header);
  auto* const table = reinterpret_cast<SectionEntry*>(file.data() + kSectionTableOffset);
  for (SectionEntry* section = table; section != table + header.section_count; ++section) {
    if (section->id == id)
      section->checksum = Checksum(file.data() + section->offset, section->size);
  }
  header.checksum = Checksum(table, header.section_count * sizeof(SectionEntry));
  std::memcpy(file.data(), &header, sizeof header);
}

}  // namespace tenon::container
