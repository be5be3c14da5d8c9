// The container's writer and view against each other, exact bytes, and damage:
// what is cut short or flipped is refused, never read past.
#include <doctest/doctest.h>

#include <cstring>
#include <string>

#include "format/abi.h"
#include "format/view.h"
#include "format/writer.h"

namespace tenon::container {
namespace {

// One exported function () -> i32 in one variant with one page of text.
Parts TinyParts() {
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
  variant.image.assign(64, 0xC3);
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

TEST_CASE("what is written is read back") {
  Aligned file(Write(TinyParts()));
  const auto view = View::Open(file.bytes());
  REQUIRE_MESSAGE(view.ok(), (view.ok() ? "" : view.error().text()));
  CHECK(view->String(view->info().name) == "tiny");
  REQUIRE(view->FindExport("run") != nullptr);
  CHECK(view->FindExport("also") != nullptr);
  CHECK(view->FindExport("walk") == nullptr);
  CHECK(view->FunctionName(0) == "run");
  CHECK(view->FunctionName(1).empty());
  const VariantEntry& variant = view->Section<VariantEntry>(SectionId::kVariants)[0];
  CHECK(view->String(variant.cpu) == "generic");
  CHECK(view->FunctionAt(variant, 15) == 0);
  CHECK(view->FunctionAt(variant, 16) == kNone);
  CHECK(view->Results(view->TypeOfReferenced(0)).size() == 1);
}

// The checksums of what was changed in `section` are made right again.
void Repair(Aligned& file, SectionId id) {
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

TEST_CASE("what is malformed in a section is seen before it is used") {
  const auto error_after = [](SectionId id, std::size_t at, std::uint32_t value) -> std::string {
    Aligned file(Write(TinyParts()));
    const auto good = View::Open(file.bytes());
    REQUIRE(good.ok());
    std::memcpy(file.data() + (good->RawSection(id).data() - file.data()) + at, &value, 4);
    Repair(file, id);
    const auto view = View::Open(file.bytes());
    REQUIRE(view.ok());
    const Status status =
        view->CheckBeforeUse(view->Section<VariantEntry>(SectionId::kVariants)[0]);
    return status.ok() ? "" : status.error().text();
  };
  CHECK(error_after(SectionId::kReferencedFunctions, 0, 1).find("\"functions\", element 0") !=
        std::string::npos);
  CHECK(error_after(SectionId::kReferencedFunctions, 4, 1).find("\"functions\", element 0") !=
        std::string::npos);
  CHECK(error_after(SectionId::kExports, 12, 1).find("\"exports\", element 0") !=
        std::string::npos);
  CHECK(error_after(SectionId::kExportsByName, 4, 2).find("\"exports by name\", element 1") !=
        std::string::npos);
  CHECK(error_after(SectionId::kCodeOffsets, 0, 64).find("code offset") != std::string::npos);
  CHECK(error_after(SectionId::kCodeOffsets, 0, 63) == "");
}

TEST_CASE("equal parts give equal bytes, and the header is these") {
  const std::vector<std::uint8_t> file = Write(TinyParts());
  CHECK(file == Write(TinyParts()));
  REQUIRE(file.size() > 48);
  const std::uint8_t expected[] = {0x7F, 't', 'e', 'n', 'o', 'n', '\r', '\n',
                                   4,    0,   0,   0,   4,   0,   0,    0};
  CHECK(std::memcmp(file.data(), expected, sizeof expected) == 0);
  std::uint64_t size = 0;
  std::memcpy(&size, file.data() + 16, 8);
  CHECK(size == file.size());
  CHECK(file[24] == 13);  // sections
  CHECK(file[48] == 1);   // the first is "module"
}

TEST_CASE("every truncation is refused") {
  const std::vector<std::uint8_t> file = Write(TinyParts());
  Aligned copy(file);
  std::size_t accepted = 0;
  for (std::size_t size = 0; size < file.size(); ++size) {
    if (View::Open(copy.bytes().first(size)).ok()) ++accepted;
  }
  CHECK(accepted == 0);
}

// How many flips of a byte in `ranges` `sees` does not see.
template <typename Sees>
std::size_t Unseen(Aligned& file, const std::vector<std::pair<std::size_t, std::size_t>>& ranges,
                   Sees sees) {
  std::size_t unseen = 0;
  for (const auto& [begin, end] : ranges) {
    for (std::size_t at = begin; at < end; ++at) {
      for (const unsigned flip : {0x01u, 0x80u, 0xFFu}) {
        file.data()[at] = static_cast<std::uint8_t>(file.data()[at] ^ flip);
        if (!sees()) ++unseen;
        file.data()[at] = static_cast<std::uint8_t>(file.data()[at] ^ flip);
      }
    }
  }
  return unseen;
}

TEST_CASE("every flip of a byte is seen at its time") {
  using Ranges = std::vector<std::pair<std::size_t, std::size_t>>;
  Aligned file(Write(TinyParts()));
  const auto view = View::Open(file.bytes());
  REQUIRE(view.ok());
  Ranges at_open = {{0, 28},
                    {32, 40},
                    {kSectionTableOffset, kSectionTableOffset + view->sections().size_bytes()}};
  Ranges before_use, on_request;
  const auto add = [&](SectionId id, Verified verified) {
    for (const SectionEntry& section : view->sections()) {
      if (section.id != id) continue;
      Ranges& ranges = verified == Verified::kAtOpen      ? at_open
                       : verified == Verified::kBeforeUse ? before_use
                                                          : on_request;
      ranges.push_back({section.offset, section.offset + section.size});
    }
  };
#define TENON_SECTION(enumerator, number, element, verified, name) \
  add(SectionId::enumerator, Verified::verified);
  TENON_SECTIONS(TENON_SECTION)
#undef TENON_SECTION
  CHECK(Unseen(file, at_open, [&] { return !View::Open(file.bytes()).ok(); }) == 0);
  const auto& variant = view->Section<VariantEntry>(SectionId::kVariants)[0];
  CHECK(before_use.size() == 5);
  CHECK(Unseen(file, before_use, [&] { return !view->CheckBeforeUse(variant).ok(); }) == 0);
  CHECK(Unseen(file, on_request, [&] { return !view->Verify().ok(); }) == 0);
  CHECK(view->Verify().ok());
}

TEST_CASE("foreign files are named") {
  Aligned wamr(std::vector<std::uint8_t>{0, 'a', 'o', 't', 3, 0, 0, 0});
  CHECK(std::strstr(View::Open(wamr.bytes()).error().text(), "WAMR") != nullptr);
  Aligned file(Write(TinyParts()));
  file.data()[12] = 77;
  CHECK(std::strstr(View::Open(file.bytes()).error().text(), "77") != nullptr);
}

TEST_CASE("checksums see each byte") {
  std::vector<std::uint8_t> bytes(100, 7);
  const std::uint64_t before = Checksum(bytes.data(), bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] ^= 0x10;
    CHECK(Checksum(bytes.data(), bytes.size()) != before);
    bytes[i] ^= 0x10;
  }
  CHECK(Checksum(bytes.data(), 99) != before);
}

}  // namespace
}  // namespace tenon::container
