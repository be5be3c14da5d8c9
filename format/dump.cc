// The two forms of dump.h. Strings of the file are untrusted bytes: text shows what a terminal
// would act on as '?', JSON escapes it and replaces what is not UTF-8.
#include "format/dump.h"

#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <string_view>

#include "format/visible_text.h"

namespace tenon::container {
namespace {

template <typename Use>
void ForEachFeature(std::uint64_t features, Use use) {
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(WasmFeature::kCount); ++i) {
    if ((features >> i & 1) != 0) use(WasmFeatureName(static_cast<WasmFeature>(i)));
  }
}

class Printer {
 public:
  explicit Printer(DumpOutput output) : output_(output) {}

  void Raw(std::string_view text) { output_.write(output_.state, text.data(), text.size()); }

  [[gnu::format(printf, 2, 3)]] void Format(const char* format, ...) {
    char line[400];
    va_list arguments;
    va_start(arguments, format);
    const int length = std::vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (length <= 0) return;
    const auto size = static_cast<std::size_t>(length);
    Raw({line, size < sizeof line ? size : sizeof line - 1});
  }

  // A string of the file for a terminal.
  void Visible(std::string_view text) {
    while (!text.empty()) {
      const std::size_t length = VisibleLength(text);
      Raw(length == 0 ? "?" : text.substr(0, length));
      text.remove_prefix(length == 0 ? 1 : length);
    }
  }

  // A JSON string, quotes included.
  void Quoted(std::string_view text) {
    Raw("\"");
    while (!text.empty()) {
      const std::size_t length = Utf8Length(text);
      if (length == 0)
        Raw("\\ufffd");
      else if (VisibleLength(text) == 0)
        Format("\\u%04x", CodePoint(text.substr(0, length)));
      else if (text[0] == '"' || text[0] == '\\')
        Format("\\%c", text[0]);
      else
        Raw(text.substr(0, length));
      text.remove_prefix(length == 0 ? 1 : length);
    }
    Raw("\"");
  }

 private:
  // Of a whole UTF-8 sequence of up to three bytes.
  static unsigned CodePoint(std::string_view sequence) {
    unsigned point = static_cast<unsigned char>(sequence[0]) & (0xFFU >> sequence.size());
    for (const char next : sequence.substr(1))
      point = point << 6 | (static_cast<unsigned char>(next) & 0x3F);
    return point;
  }

  DumpOutput output_;
};

const char* SectionName(SectionId id) {
  switch (id) {
#define TENON_SECTION(enumerator, number, element, verified, name) \
  case SectionId::enumerator: return name;
    TENON_SECTIONS(TENON_SECTION)
#undef TENON_SECTION
  }
  return "unknown section";
}

unsigned long long Wide(std::uint64_t value) { return value; }

// "(i32 i64) -> (f32)"
void PrintSignature(const View& view, const TypeEntry& type, Printer* printer) {
  const auto list = [&](std::span<const ValueType> types) {
    printer->Raw("(");
    for (std::size_t i = 0; i < types.size(); ++i) {
      if (i > 0) printer->Raw(" ");
      printer->Raw(ValueTypeName(types[i]));
    }
    printer->Raw(")");
  };
  list(view.Parameters(type));
  printer->Raw(" -> ");
  list(view.Results(type));
}

const TypeEntry& TypeOfImport(const View& view, const ImportEntry& import) {
  return view.Section<TypeEntry>(SectionId::kTypes)[import.type];
}

}  // namespace

void DumpText(const View& view, DumpOutput output) {
  Printer printer(output);
  const Header& header = view.header();
  const ModuleInfo& info = view.info();
  printer.Format("format %u, ABI %u, %llu bytes\n", header.format_version, header.abi_version,
                 Wide(header.file_size));
  printer.Raw("module: ");
  printer.Visible(view.String(info.name));
  printer.Raw("\nproducer: ");
  printer.Visible(view.String(info.producer));
  printer.Format("\nfunctions: %u, %u of them imported\ninstance size: %u bytes\n",
                 info.function_count, info.imported_functions, info.context_size);

  printer.Raw("\nwasm features:");
  ForEachFeature(info.wasm_features, [&](const char* name) { printer.Format(" %s", name); });
  printer.Raw("\nvariants:\n");
  for (const VariantEntry& variant : view.Section<VariantEntry>(SectionId::kVariants)) {
    printer.Format("  %s, CPU ", ArchitectureName(variant.architecture));
    printer.Visible(view.String(variant.cpu));
    printer.Format(", bounds checks %s: code %llu bytes, constants %llu bytes, largest frame %u\n",
                   BoundsChecksName(variant.bounds_checks), Wide(variant.text_size),
                   Wide(variant.text_offset), variant.maximum_frame_size);
    if (output.note != nullptr)
      printer.Format("    %s\n", output.note(output.note_state, variant).text());
  }
  printer.Raw("\nsections:\n");
  for (const SectionEntry& section : view.sections()) {
    printer.Format("  %-22s offset %10llu  size %10llu\n", SectionName(section.id),
                   Wide(section.offset), Wide(section.size));
  }
  printer.Raw("\nimports:\n");
  for (const ImportEntry& import : view.Section<ImportEntry>(SectionId::kImports)) {
    printer.Format("  %s ", ExternKindName(import.kind));
    printer.Visible(view.String(import.module));
    printer.Raw(".");
    printer.Visible(view.String(import.name));
    if (import.kind == ExternKind::kFunction) {
      printer.Raw(" ");
      PrintSignature(view, TypeOfImport(view, import), &printer);
    }
    printer.Raw("\n");
  }
  printer.Raw("\nexports:\n");
  for (const ExportEntry& exported : view.Section<ExportEntry>(SectionId::kExports)) {
    printer.Format("  %s ", ExternKindName(exported.kind));
    printer.Visible(view.String(exported.name));
    if (exported.kind == ExternKind::kFunction) {
      printer.Raw(" ");
      PrintSignature(view, view.TypeOfReferenced(exported.index), &printer);
    }
    printer.Raw("\n");
  }
}

void DumpJson(const View& view, DumpOutput output) {
  Printer printer(output);
  const Header& header = view.header();
  const ModuleInfo& info = view.info();
  printer.Format("{\"format_version\":%u,\"abi_version\":%u,\"file_size\":%llu,\"module\":",
                 header.format_version, header.abi_version, Wide(header.file_size));
  printer.Quoted(view.String(info.name));
  printer.Raw(",\"producer\":");
  printer.Quoted(view.String(info.producer));
  printer.Format(",\"functions\":%u,\"imported_functions\":%u,\"instance_size\":%u",
                 info.function_count, info.imported_functions, info.context_size);

  const char* feature_separator = ",\"wasm_features\":[";
  ForEachFeature(info.wasm_features, [&](const char* name) {
    printer.Format("%s\"%s\"", feature_separator, name);
    feature_separator = ",";
  });
  printer.Raw(info.wasm_features == 0 ? ",\"wasm_features\":[]" : "]");
  const char* separator = ",\"variants\":[";
  const auto begin = [&](const char* name) { separator = name; };
  // Before each element: the list's head, then commas.
  const auto next = [&] {
    printer.Raw(separator);
    separator = ",";
  };
  const auto finish = [&] {
    if (separator[1] != '\0') printer.Raw(separator);  // there was no element
    printer.Raw("]");
  };
  for (const VariantEntry& variant : view.Section<VariantEntry>(SectionId::kVariants)) {
    next();
    printer.Format("{\"architecture\":\"%s\",\"cpu\":", ArchitectureName(variant.architecture));
    printer.Quoted(view.String(variant.cpu));
    printer.Format(
        ",\"bounds_checks\":\"%s\",\"image_offset\":%llu,\"image_size\":%llu,"
        "\"text_size\":%llu,\"maximum_frame_size\":%u",
        BoundsChecksName(variant.bounds_checks), Wide(variant.image_offset),
        Wide(variant.image_size), Wide(variant.text_size), variant.maximum_frame_size);
    if (output.note != nullptr) {
      printer.Raw(",\"on_this_machine\":");
      printer.Quoted(output.note(output.note_state, variant).text());
    }
    printer.Raw("}");
  }
  finish();
  begin(",\"sections\":[");
  for (const SectionEntry& section : view.sections()) {
    next();
    printer.Format("{\"name\":\"%s\",\"id\":%u,\"offset\":%llu,\"size\":%llu}",
                   SectionName(section.id), static_cast<unsigned>(section.id), Wide(section.offset),
                   Wide(section.size));
  }
  finish();
  const auto type = [&](const TypeEntry& entry) {
    printer.Raw(",\"type\":\"");
    PrintSignature(view, entry, &printer);
    printer.Raw("\"");
  };
  begin(",\"imports\":[");
  for (const ImportEntry& import : view.Section<ImportEntry>(SectionId::kImports)) {
    next();
    printer.Format("{\"kind\":\"%s\",\"module\":", ExternKindName(import.kind));
    printer.Quoted(view.String(import.module));
    printer.Raw(",\"name\":");
    printer.Quoted(view.String(import.name));
    if (import.kind == ExternKind::kFunction) type(TypeOfImport(view, import));
    printer.Raw("}");
  }
  finish();
  begin(",\"exports\":[");
  for (const ExportEntry& exported : view.Section<ExportEntry>(SectionId::kExports)) {
    next();
    printer.Format("{\"kind\":\"%s\",\"name\":", ExternKindName(exported.kind));
    printer.Quoted(view.String(exported.name));
    if (exported.kind == ExternKind::kFunction) type(view.TypeOfReferenced(exported.index));
    printer.Raw("}");
  }
  finish();
  printer.Raw("}\n");
}

}  // namespace tenon::container
