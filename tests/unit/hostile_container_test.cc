// Containers whose checksums are right and whose contents are not: none may overrun the loader, or
// make it take more time or memory than its size justifies.
#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "format/dump.h"
#include "format/thin.h"
#include "format/view.h"
#include "format/visible_text.h"
#include "loader/cpu_features.h"
#include "loader/mapped_module.h"
#include "loader/type_registry.h"
#include "tests/unit/tiny_container.h"

namespace tenon::container {
namespace {

using loader::MappedModule;

// For this machine, so that the loader gets past choosing a variant.
Parts LoadableParts() {
  Parts parts = TinyParts();
  parts.variants[0].entry.architecture = loader::HostArchitecture();
  return parts;
}

// Types that need a place in the registry: one group each, of one type that is not final.
void AddTypes(Parts& parts, std::uint32_t count, std::uint32_t group_size) {
  const auto first = static_cast<std::uint32_t>(parts.types.size());
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t index = first + i;
    const std::uint32_t group = first + i / group_size * group_size;
    TypeEntry type{abi::kInternedBit, 0, 0, 0, group, group_size, kNone, TypeKind::kFunction, 0};
    type.first_value = static_cast<std::uint32_t>(parts.value_types.size());
    // A number in the binary system, so that all groups differ.
    for (std::uint32_t bits = index; bits != 0; bits >>= 1, ++type.parameter_count)
      parts.value_types.push_back((bits & 1) != 0 ? ValueType::kI64 : ValueType::kF32);
    parts.types.push_back(type);
  }
  for (VariantParts& variant : parts.variants) {
    // Thunks, then trampolines, each as many as there are types.
    const std::size_t functions = parts.referenced_functions.size();
    variant.code_offsets.assign(CodeOffsetsPerVariant(functions, parts.types.size()), kNone);
  }
}

std::string ErrorOfLoading(const Parts& parts) {
  Aligned file(Write(parts));
  const auto module = MappedModule::OpenBuffer(file.bytes(), {});
  if (!module.ok()) return module.error().text();
  const Status status = (*module)->CheckBeforeUse();
  return status.ok() ? "" : status.error().text();
}

bool Mentions(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("recursive groups follow each other without overlap") {
  Parts parts = LoadableParts();
  AddTypes(parts, 40, 1);
  CHECK(ErrorOfLoading(parts) == "");
  // The first claims nearly all, the next begins within it and reaches the end.
  const auto first = static_cast<std::uint32_t>(parts.types.size() - 40);
  parts.types[first].group_size = 39;
  for (std::uint32_t i = first + 1; i < parts.types.size(); ++i) {
    parts.types[i].group_first = first + 1;
    parts.types[i].group_size = 39;
  }
  CHECK(Mentions(ErrorOfLoading(parts), "recursive group"));
  parts = LoadableParts();
  AddTypes(parts, 4, 2);
  CHECK(ErrorOfLoading(parts) == "");
  parts.types.back().group_first = parts.types.back().group_first + 1;  // the last is one short
  parts.types.back().group_size = 1;
  CHECK(Mentions(ErrorOfLoading(parts), "recursive group"));
}

TEST_CASE("runs of shared sections do not overlap") {
  const auto error_after = [](auto change) {
    Parts parts = LoadableParts();
    AddTypes(parts, 2, 1);
    parts.imports.push_back({parts.AddString("env"),
                             parts.AddString("f"),
                             ExternKind::kMemory,
                             0,
                             0,
                             0,
                             {0, 1, 0, 16}});
    parts.memories.assign(2, {{1, 1, 0, 16}, 0, 0});
    parts.info.imported_memories = 1;
    parts.memories[1].piece_count = 2;
    parts.memory_image.assign(2 * kSegmentAlignment, 7);
    parts.memory_pieces = {{0, 0, kSegmentAlignment},
                           {kSegmentAlignment, kSegmentAlignment, kSegmentAlignment}};
    parts.data_bytes.assign(8, 1);
    parts.data_segments = {{1, 0, {0, 0}, 0, 4}, {1, 0, {0, 0}, 4, 4}};
    const std::uint32_t at = parts.info.context_size;
    parts.info.memories_offset = sizeof(abi::VmContext);
    parts.info.tables_offset = parts.info.memory_pointers_offset =
        parts.info.memories_offset + sizeof(abi::MemoryInstance);
    const std::uint32_t behind = parts.info.memory_pointers_offset + 16;
    parts.info.table_pointers_offset = parts.info.function_imports_offset =
        parts.info.global_pointers_offset = parts.info.globals_offset = parts.info.funcrefs_offset =
            behind;
    parts.info.tag_pointers_offset = parts.info.tags_offset = behind + sizeof(abi::FuncRef);
    parts.info.context_size = behind + at;
    change(parts);
    return ErrorOfLoading(parts);
  };
  CHECK(error_after([](Parts&) {}) == "");
  CHECK(Mentions(error_after([](Parts& parts) {
                   parts.types[1].parameter_count = 3;
                   parts.types[2].parameter_count = 3;
                   parts.types[2].first_value = parts.types[1].first_value;
                 }),
                 "\"types\", element 2: its value types"));
  // What all ranges take together tells, so it need not be the first that overlaps.
  const auto all_of = [](const std::string& strings) {
    return StringRef{0, static_cast<std::uint32_t>(strings.size())};
  };
  CHECK(Mentions(error_after([&](Parts& parts) { parts.imports[0].name = all_of(parts.strings); }),
                 "overlaps"));
  CHECK(Mentions(error_after([&](Parts& parts) {
                   for (ExportEntry& item : parts.exports) item.name = all_of(parts.strings);
                 }),
                 "\"exports\", element 1: its name"));
  CHECK(Mentions(error_after([](Parts& parts) { parts.memory_pieces[0].size *= 2; }),
                 "\"memory pieces\", element 1"));
  CHECK(Mentions(error_after([](Parts& parts) { parts.data_segments[0].bytes_size = 8; }),
                 "\"data segments\", element 1"));
  CHECK(Mentions(error_after([](Parts& parts) { parts.info.context_size = 1 << 29; }),
                 "whose parts take"));
}

// A chain of supertypes, each type in a group of its own.
Parts Chain(std::uint32_t length) {
  Parts parts = LoadableParts();
  AddTypes(parts, length, 1);
  for (std::uint32_t i = 2; i <= length; ++i) {
    parts.types[i].supertype = i - 1;
    parts.types[i].first_value = parts.types[i].parameter_count = 0;
  }
  return parts;
}

TEST_CASE("chains of supertypes are short") {
  CHECK(ErrorOfLoading(Chain(kMaximumSupertypes + 1)) == "");
  CHECK(Mentions(ErrorOfLoading(Chain(kMaximumSupertypes + 2)), "too many supertypes"));
}

TEST_CASE("types have the same keys in all modules, and know their supertypes") {
  Aligned first(Write(Chain(20))), second(Write(Chain(40)));
  auto one = MappedModule::OpenBuffer(first.bytes(), {});
  const auto other = MappedModule::OpenBuffer(second.bytes(), {});
  REQUIRE(one.ok());
  REQUIRE(other.ok());
  const std::uint64_t* const keys = (*other)->type_keys();
  for (std::size_t i = 0; i <= 20; ++i) CHECK((*one)->type_keys()[i] == keys[i]);
  one->reset();
  CHECK(loader::IsSubtype(keys[40], keys[1]));
  CHECK(loader::IsSubtype(keys[40], keys[40]));
  CHECK(!loader::IsSubtype(keys[1], keys[40]));
  CHECK(!loader::IsSubtype(~std::uint64_t{0}, keys[1]));
  CHECK(loader::FindInternedType(keys[1]).parameters.size() == 1);
}

TEST_CASE("types are interned in near linear time") {
  // What differs comes last, where comparing word by word would take longest.
  Parts parts = LoadableParts();
  AddTypes(parts, 50'000, 1);
  Aligned file(Write(parts));
  const auto begin = std::chrono::steady_clock::now();
  {
    const auto module = MappedModule::OpenBuffer(file.bytes(), {});
    REQUIRE(module.ok());
    CHECK((*module)->type_keys()[50'000] != (*module)->type_keys()[49'999]);
  }
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  // Quadratic time would be a minute; the margin is for sanitizers and busy machines.
  CHECK(taken.count() < 2);
  MESSAGE("50000 types are loaded and unloaded in ", taken.count(), " s");
}

// As many variants as there may be, of one image.
Parts ManyVariants(std::size_t count, std::size_t image_size) {
  Parts parts = LoadableParts();
  parts.variants[0].image =
      std::make_shared<const std::vector<std::uint8_t>>(image_size, std::uint8_t{0xC3});
  parts.variants.resize(count, parts.variants[0]);
  return parts;
}

TEST_CASE("variants share an image in the file, and when some are taken out") {
  constexpr std::size_t kImage = 1 << 20;
  Aligned file(Write(ManyVariants(kMaximumVariants, kImage)));
  CHECK(file.size < 2 * kImage);
  const auto view = View::Open(file.bytes());
  REQUIRE_MESSAGE(view.ok(), (view.ok() ? "" : view.error().text()));
  CHECK(view->Verify().ok());
  const auto parts = ReadParts(*view);
  REQUIRE(parts.ok());
  CHECK(parts->variants.front().image == parts->variants.back().image);
  const auto thin = Thin(*view, [](const VariantEntry&) { return true; });
  REQUIRE(thin.ok());
  CHECK(std::equal(thin->begin(), thin->end(), file.bytes().begin(), file.bytes().end()));
  CHECK(Mentions(ErrorOfLoading(ManyVariants(kMaximumVariants + 1, 64)), "at most 1024"));
}

TEST_CASE("images of variants are the same or apart") {
  Parts parts = ManyVariants(2, 3 * kSegmentAlignment);
  Aligned file(Write(parts));
  const auto good = View::Open(file.bytes());
  REQUIRE(good.ok());
  const std::span<const VariantEntry> variants = good->Section<VariantEntry>(SectionId::kVariants);
  const auto at =
      static_cast<std::size_t>(reinterpret_cast<const std::uint8_t*>(&variants[1]) - file.data());
  VariantEntry moved = variants[1];
  moved.image_offset += kSegmentAlignment;
  moved.image_size -= kSegmentAlignment;
  std::memcpy(file.data() + at, &moved, sizeof moved);
  Repair(file, SectionId::kVariants);
  const auto view = View::Open(file.bytes());
  REQUIRE(!view.ok());
  CHECK(Mentions(view.error().text(), "its image overlaps"));
}

TEST_CASE("runs of variants do not overlap, and outside ones are found") {
  Parts parts = ManyVariants(2, kSegmentAlignment);
  for (VariantParts& variant : parts.variants) variant.unwind_rows = variant.fault_places = {1, 0};
  const auto error_after = [&](auto change) {
    Aligned file(Write(parts));
    auto view = View::Open(file.bytes());
    REQUIRE(view.ok());
    const auto variants = view->Section<VariantEntry>(SectionId::kVariants);
    const auto at =
        static_cast<std::size_t>(reinterpret_cast<const std::uint8_t*>(&variants[1]) - file.data());
    VariantEntry entry = variants[1];
    change(entry);
    std::memcpy(file.data() + at, &entry, sizeof entry);
    Repair(file, SectionId::kVariants);
    view = View::Open(file.bytes());
    REQUIRE(view.ok());
    CHECK(!view->IsFaultPlaceAt(entry, 0xFFFFFFFF));
    const auto read = ReadParts(*view);
    return std::string(read.ok() ? "" : read.error().text());
  };
  CHECK(error_after([](VariantEntry&) {}) == "");
  for (const std::uint32_t size : {3U, 4U, 0xFFFFFFFFU}) {
    CHECK(Mentions(error_after([&](VariantEntry& entry) { entry.code_ranges_count = size; }),
                   "code ranges lie outside"));
    CHECK(Mentions(error_after([&](VariantEntry& entry) { entry.unwind_rows_size = size; }),
                   "unwind rows lie outside"));
    CHECK(Mentions(error_after([&](VariantEntry& entry) { entry.fault_places_size = size; }),
                   "fault places lie outside"));
  }
  const auto over_the_first = [](VariantEntry& entry) {
    entry.fault_places_first = 0;
    entry.fault_places_size = 3;
  };
  CHECK(Mentions(error_after(over_the_first), "or overlap"));
}

TEST_CASE("names reach a terminal without what it would act on") {
  char text[] = "a\x1b[31mb\x07\x7f \xc2\x9b \xe2\x80\xae \xff \xc3\xa4 \xe2\x82\xac";
  MakeVisible(text, sizeof text - 1);
  CHECK(std::string(text) == "a?[31mb?? ?? ??? ? \xc3\xa4 \xe2\x82\xac");
  CHECK(std::string(Error::Format("no \"%s\"", "\x1b]0;title\x07").text()) == "no \"?]0;title?\"");
  Parts parts = LoadableParts();
  parts.exports.push_back(
      {parts.AddString("\x1b[2J\xc2\x9b\xf0\x9f\x98\x80"), ExternKind::kFunction, {}, 0});
  Aligned file(Write(parts));
  const auto view = View::Open(file.bytes());
  REQUIRE(view.ok());
  std::string output;
  const DumpOutput to_string{[](void* state, const char* bytes, std::size_t length) {
                               static_cast<std::string*>(state)->append(bytes, length);
                             },
                             &output};
  DumpText(*view, to_string);
  CHECK(Mentions(output, "?[2J??\xf0\x9f\x98\x80"));
  output.clear();
  DumpJson(*view, to_string);
  CHECK(Mentions(output, "\\u001b[2J\\u009b\xf0\x9f\x98\x80"));
}

}  // namespace
}  // namespace tenon::container
