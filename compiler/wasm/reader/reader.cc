#include "compiler/wasm/reader/reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "compiler/wasm/byte_cursor.h"
#include "compiler/wasm/reader/name_section.h"
#include "compiler/wasm/type_reader.h"
#include "compiler/wasm/type_relations.h"
#include "compiler/wasm/unsupported.h"

namespace tenon::wasm {
namespace {

// Section ids (5.5.2), which are not the order the sections stand in.
enum SectionId : std::uint8_t {
  kCustom = 0,
  kType = 1,
  kImport = 2,
  kFunction = 3,
  kTable = 4,
  kMemory = 5,
  kGlobal = 6,
  kExport = 7,
  kStart = 8,
  kElement = 9,
  kCode = 10,
  kData = 11,
  kDataCount = 12,
  kTag = 13,
};

// By id: the place in the prescribed order (5.5.15), and the name for messages.
struct SectionInfo {
  int rank;
  const char* place;
};
constexpr std::array<SectionInfo, 14> kSections = {{
    {0, "custom section"},
    {1, "type section"},
    {2, "import section"},
    {3, "function section"},
    {4, "table section"},
    {5, "memory section"},
    {7, "global section"},
    {8, "export section"},
    {9, "start section"},
    {10, "element section"},
    {12, "code section"},
    {13, "data section"},
    {11, "data count section"},
    {6, "tag section"},
}};

// Reserves for `count` entries, but no more than is surely useful: a vector
// that turns out to be longer grows as it is filled.
template <typename T>
void ReserveModestly(std::vector<T>& vector, std::uint32_t count) {
  constexpr std::size_t kBytes = 1 << 20;
  vector.reserve(vector.size() + std::min<std::size_t>(count, kBytes / sizeof(T)));
}

class ModuleReader {
 public:
  explicit ModuleReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  Result<Module> Read();

 private:
  Status ReadHeader(ByteCursor& file);
  Status ReadSection(std::uint8_t id, ByteCursor& section);
  Status ReadCustomSection(ByteCursor& section);
  Status ReadSubtype(ByteCursor& section);
  Status CheckGroup(std::uint32_t first);
  Status ReadTypeSection(ByteCursor& section);
  Status ReadImportSection(ByteCursor& section);
  Status ReadFunctionSection(ByteCursor& section);
  Status ReadTableSection(ByteCursor& section);
  Status ReadMemorySection(ByteCursor& section);
  Status ReadGlobalSection(ByteCursor& section);
  Result<Tag> ReadTag(ByteCursor& section);
  Status ReadTagSection(ByteCursor& section);
  Status ReadExportSection(ByteCursor& section);
  Status ReadStartSection(ByteCursor& section);
  Status ReadElementSection(ByteCursor& section);
  Status ReadDataCountSection(ByteCursor& section);
  Status ReadCodeSection(ByteCursor& section);
  Status ReadDataSection(ByteCursor& section);
  Status CheckConsistency();

  Status ReadLocals(ByteCursor& code, Function& function, std::size_t index);

  std::span<const std::uint8_t> bytes_;
  Module module_;
  std::uint32_t declared_functions_ = 0;  // by the function section
  std::uint32_t code_bodies_ = 0;         // in the code section
};

Status ModuleReader::ReadHeader(ByteCursor& file) {
  constexpr std::array<std::uint8_t, 4> kMagic = {0x00, 'a', 's', 'm'};
  if (file.remaining() < kMagic.size()) {
    return Error::Format(
        "unexpected end: a WebAssembly module begins with 8 bytes, but there are "
        "only %zu",
        file.remaining());
  }
  const std::span<const std::uint8_t> magic = file.rest().first(kMagic.size());
  if (!std::equal(kMagic.begin(), kMagic.end(), magic.begin())) {
    const bool text = magic[0] == '(' || (magic[0] == ';' && magic[1] == ';');
    return Error::Format(
        "magic header not detected: the file begins with the bytes %02x %02x %02x %02x, a "
        "WebAssembly module with 00 61 73 6d%s",
        magic[0], magic[1], magic[2], magic[3],
        text ? "; this seems to be the text format, which wat2wasm converts" : "");
  }
  file.Skip(kMagic.size());

  constexpr std::uint32_t kVersion = 1;
  constexpr std::uint32_t kComponentLayer = 1;  // in the upper half: a component, not a module
  if (file.remaining() < sizeof kVersion) {
    return Error::Format("unexpected end: the version of the binary format is cut off");
  }
  const std::span<const std::uint8_t> version_bytes = file.rest().first(sizeof kVersion);
  const std::uint32_t version =
      static_cast<std::uint32_t>(version_bytes[0] | version_bytes[1] << 8 |
                                 version_bytes[2] << 16) |
      static_cast<std::uint32_t>(version_bytes[3]) << 24;
  if (version != kVersion) {
    return Error::Format("unknown binary version 0x%x, this release reads version 0x%x%s", version,
                         kVersion,
                         version >> 16 == kComponentLayer
                             ? "; the file is a component of the component model, not a module"
                             : "");
  }
  file.Skip(sizeof kVersion);
  return Status::Ok();
}

Result<Module> ModuleReader::Read() {
  if (bytes_.size() > UINT32_MAX) {
    return Error::Format("the module has %zu bytes, this implementation supports at most %u",
                         bytes_.size(), UINT32_MAX);
  }
  ByteCursor file(bytes_, 0, "module");
  TENON_TRY(ReadHeader(file));

  int last_rank = 0;
  while (!file.AtEnd()) {
    const std::uint32_t section_offset = file.offset();
    TENON_ASSIGN_OR_RETURN(const std::uint8_t id, file.Byte());
    if (id >= kSections.size()) {
      return Error::Format("malformed section id %u, at byte offset 0x%x", id, section_offset);
    }
    const SectionInfo& info = kSections[id];
    if (id != kCustom) {
      if (info.rank <= last_rank) {
        return Error::Format(
            "unexpected content after last section: the %s at byte offset 0x%x is %s", info.place,
            section_offset, info.rank == last_rank ? "the second one" : "out of order");
      }
      last_rank = info.rank;
    }
    TENON_ASSIGN_OR_RETURN(const std::uint32_t size, file.U32());
    const std::uint32_t content_offset = file.offset();
    if (size > file.remaining()) {
      return Error::Format(
          "length out of bounds: the %s at byte offset 0x%x announces %u bytes, but the module "
          "has %zu left",
          info.place, section_offset, size, file.remaining());
    }
    ByteCursor section(file.rest().first(size), content_offset, info.place);
    TENON_TRY(ReadSection(id, section));
    if (!section.AtEnd()) {
      return Error::Format(
          "section size mismatch: the content of the %s ends at byte offset 0x%x, but its size "
          "extends to 0x%x",
          info.place, section.offset(), content_offset + size);
    }
    file.Skip(size);
  }

  TENON_TRY(CheckConsistency());
  MarkReferencedFunctions(module_);
  ReadNameSection(module_);
  return std::move(module_);
}

Status ModuleReader::ReadSection(std::uint8_t id, ByteCursor& section) {
  switch (id) {
    case kCustom: return ReadCustomSection(section);
    case kType: return ReadTypeSection(section);
    case kImport: return ReadImportSection(section);
    case kFunction: return ReadFunctionSection(section);
    case kTable: return ReadTableSection(section);
    case kMemory: return ReadMemorySection(section);
    case kGlobal: return ReadGlobalSection(section);
    case kExport: return ReadExportSection(section);
    case kStart: return ReadStartSection(section);
    case kElement: return ReadElementSection(section);
    case kCode: return ReadCodeSection(section);
    case kData: return ReadDataSection(section);
    case kDataCount: return ReadDataCountSection(section);
    default: return ReadTagSection(section);
  }
}

Status ModuleReader::CheckConsistency() {
  if (declared_functions_ != code_bodies_) {
    return Error::Format(
        "function and code section have inconsistent lengths: %u functions are declared, but %u "
        "have code",
        declared_functions_, code_bodies_);
  }
  if (module_.data_count && *module_.data_count != module_.data_segments.size()) {
    return Error::Format(
        "data count and data section have inconsistent lengths: %u segments are announced, but "
        "there are %zu",
        *module_.data_count, module_.data_segments.size());
  }
  return Status::Ok();
}

Status ModuleReader::ReadCustomSection(ByteCursor& section) {
  CustomSection custom;
  TENON_ASSIGN_OR_RETURN(custom.name, section.Name());
  custom.bytes = section.rest();
  section.Skip(section.remaining());
  module_.custom_sections.push_back(custom);
  return Status::Ok();
}

// One type of a group, with the declaration of its supertype if there is one (5.3.10).
Status ModuleReader::ReadSubtype(ByteCursor& section) {
  constexpr std::uint8_t kSub = 0x50;
  constexpr std::uint8_t kSubFinal = 0x4F;
  TypeDeclaration declaration;
  declaration.offset = section.offset();
  std::uint32_t offset = section.offset();
  TENON_ASSIGN_OR_RETURN(std::uint8_t form, section.Byte());
  if (form == kSub || form == kSubFinal) {
    declaration.is_final = form == kSubFinal;
    TENON_ASSIGN_OR_RETURN(const std::uint32_t supertypes, section.U32());
    if (supertypes > 1) {
      return Error::Format(
          "malformed type: it has %u supertypes and not at most one, at byte "
          "offset 0x%x in the type section",
          supertypes, offset);
    }
    if (supertypes == 1) {
      TENON_ASSIGN_OR_RETURN(declaration.supertype, section.U32());
    }
    offset = section.offset();
    TENON_ASSIGN_OR_RETURN(form, section.Byte());
  }
  switch (form) {
    case 0x60: break;
    case 0x5F: return UnsupportedFeature("a struct type", "garbage collection", offset);
    case 0x5E: return UnsupportedFeature("an array type", "garbage collection", offset);
    case 0x5D: return UnsupportedFeature("a continuation type", "stack-switching", offset);
    default:
      return Error::Format(
          "malformed function type: it begins with 0x%02x and not 0x60, at byte "
          "offset 0x%x in the type section",
          form, offset);
  }
  FunctionType type;
  TENON_ASSIGN_OR_RETURN(type.parameters,
                         ReadResultType(section, "parameters", kMaximumParameters));
  TENON_ASSIGN_OR_RETURN(type.results, ReadResultType(section, "results", kMaximumResults));
  module_.types.push_back(std::move(type));
  module_.type_declarations.push_back(declaration);
  return Status::Ok();
}

// What types refer to must be declared before, or in the same group.
Status ModuleReader::CheckGroup(std::uint32_t first) {
  const auto end = static_cast<std::uint32_t>(module_.types.size());
  for (std::uint32_t i = first; i < end; ++i) {
    TypeDeclaration& declaration = module_.type_declarations[i];
    declaration.group_first = first;
    declaration.group_size = end - first;
    const auto unknown = [&](std::uint32_t index) {
      return Error::Format(
          "unknown type %u: type %u refers to it, at byte offset 0x%x in the type "
          "section",
          index, i, declaration.offset);
    };
    if (declaration.supertype) {
      if (*declaration.supertype >= i) return unknown(*declaration.supertype);
      declaration.supertypes = module_.type_declarations[*declaration.supertype].supertypes + 1;
      if (declaration.supertypes > kMaximumSupertypes) {
        return Error::Format(
            "too many supertypes: type %u has %u, one above the other, this implementation "
            "supports at most %u, at byte offset 0x%x in the type section",
            i, declaration.supertypes, kMaximumSupertypes, declaration.offset);
      }
    }
    for (const auto* types : {&module_.types[i].parameters, &module_.types[i].results}) {
      for (const ValueType type : *types) {
        if (IsConcreteReference(type) && HeapTypeOf(type) >= end) return unknown(HeapTypeOf(type));
      }
    }
  }
  return Status::Ok();
}

Status ModuleReader::ReadTypeSection(ByteCursor& section) {
  constexpr std::uint8_t kRecursiveGroup = 0x4E;
  TENON_ASSIGN_OR_RETURN(const std::uint32_t count, section.Count("types", kMaximumTypes));
  ReserveModestly(module_.types, count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto first = static_cast<std::uint32_t>(module_.types.size());
    std::uint32_t members = 1;
    if (!section.AtEnd() && section.rest()[0] == kRecursiveGroup) {
      section.Skip(1);
      TENON_ASSIGN_OR_RETURN(members, section.Count("types in a recursive group", kMaximumTypes));
    }
    for (std::uint32_t member = 0; member < members; ++member) TENON_TRY(ReadSubtype(section));
    TENON_TRY(CheckGroup(first));
    if (module_.types.size() > kMaximumTypes) {
      return Error::Format(
          "too many types: this implementation supports at most %u, at byte "
          "offset 0x%x in the type section",
          kMaximumTypes, section.offset());
    }
  }
  CanonicalizeTypes(module_, 0);
  return Status::Ok();
}

Status ModuleReader::ReadImportSection(ByteCursor& section) {
  TENON_ASSIGN_OR_RETURN(const std::uint32_t count, section.Count("imports", kMaximumImports));
  ReserveModestly(module_.imports, count);
  for (std::uint32_t i = 0; i < count; ++i) {
    Import import{};
    import.offset = section.offset();
    TENON_ASSIGN_OR_RETURN(import.module, section.Name());
    TENON_ASSIGN_OR_RETURN(import.name, section.Name());
    TENON_ASSIGN_OR_RETURN(const std::uint8_t kind, section.Byte());
    import.kind = static_cast<ExternKind>(kind);
    switch (import.kind) {
      case ExternKind::kFunction: {
        Function function;
        function.imported = true;
        function.body_offset = import.offset;
        TENON_ASSIGN_OR_RETURN(function.type_index, section.U32());
        import.index = module_.imported_functions++;
        module_.functions.push_back(std::move(function));
        break;
      }
      case ExternKind::kTable: {
        TENON_ASSIGN_OR_RETURN(Table table, ReadTableType(section));
        table.imported = true;
        import.index = module_.imported_tables++;
        module_.tables.push_back(std::move(table));
        break;
      }
      case ExternKind::kMemory: {
        Memory memory;
        memory.imported = true;
        memory.offset = section.offset();
        TENON_ASSIGN_OR_RETURN(memory.limits, ReadLimits(section, /*of_memory=*/true));
        import.index = module_.imported_memories++;
        module_.memories.push_back(memory);
        break;
      }
      case ExternKind::kGlobal: {
        TENON_ASSIGN_OR_RETURN(Global global, ReadGlobalType(section));
        global.imported = true;
        import.index = module_.imported_globals++;
        module_.globals.push_back(std::move(global));
        break;
      }
      case ExternKind::kTag: {
        TENON_ASSIGN_OR_RETURN(Tag tag, ReadTag(section));
        tag.imported = true;
        import.index = module_.imported_tags++;
        module_.tags.push_back(tag);
        break;
      }
      default:
        return Error::Format(
            "malformed import kind 0x%02x, at byte offset 0x%x in the import "
            "section",
            kind, section.offset() - 1);
    }
    module_.imports.push_back(import);
  }
  return Status::Ok();
}

Status ModuleReader::ReadFunctionSection(ByteCursor& section) {
  TENON_ASSIGN_OR_RETURN(declared_functions_, section.Count("functions", kMaximumFunctions));
  ReserveModestly(module_.functions, declared_functions_);
  for (std::uint32_t i = 0; i < declared_functions_; ++i) {
    Function function;
    function.body_offset = section.offset();  // until the code section is read
    TENON_ASSIGN_OR_RETURN(function.type_index, section.U32());
    module_.functions.push_back(std::move(function));
  }
  return Status::Ok();
}

Status ModuleReader::ReadTableSection(ByteCursor& section) {
  // A table with an initializer begins with two bytes that begin no table type.
  constexpr std::uint8_t kWithInitializer = 0x40;
  TENON_ASSIGN_OR_RETURN(const std::uint32_t count, section.Count("tables", kMaximumTables));
  ReserveModestly(module_.tables, count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const bool with_initializer = !section.AtEnd() && section.rest()[0] == kWithInitializer;
    if (with_initializer) {
      section.Skip(1);
      TENON_ASSIGN_OR_RETURN(const std::uint8_t zero, section.Byte());
      if (zero != 0) {
        return Error::Format(
            "malformed table: 0x40 is followed by 0x%02x and not 0x00, at byte "
            "offset 0x%x in the table section",
            zero, section.offset() - 1);
      }
    }
    TENON_ASSIGN_OR_RETURN(Table table, ReadTableType(section));
    if (with_initializer) {
      TENON_ASSIGN_OR_RETURN(table.initializer, ReadConstantExpression(section));
      if (table.initializer.empty()) {
        // Module says "no initializer" with an empty expression, so tell them apart here.
        return Error::Format(
            "type mismatch: the initializer of a table gives no value, at byte "
            "offset 0x%x in the table section",
            table.offset);
      }
    }
    module_.tables.push_back(std::move(table));
  }
  return Status::Ok();
}

Status ModuleReader::ReadMemorySection(ByteCursor& section) {
  TENON_ASSIGN_OR_RETURN(const std::uint32_t count, section.Count("memories", UINT32_MAX));
  for (std::uint32_t i = 0; i < count; ++i) {
    Memory memory;
    memory.offset = section.offset();
    TENON_ASSIGN_OR_RETURN(memory.limits, ReadLimits(section, /*of_memory=*/true));
    module_.memories.push_back(memory);
  }
  return Status::Ok();
}

Status ModuleReader::ReadGlobalSection(ByteCursor& section) {
  TENON_ASSIGN_OR_RETURN(const std::uint32_t count, section.Count("globals", kMaximumGlobals));
  ReserveModestly(module_.globals, count);
  for (std::uint32_t i = 0; i < count; ++i) {
    TENON_ASSIGN_OR_RETURN(Global global, ReadGlobalType(section));
    TENON_ASSIGN_OR_RETURN(global.initializer, ReadConstantExpression(section));
    module_.globals.push_back(std::move(global));
  }
  return Status::Ok();
}

Result<Tag> ModuleReader::ReadTag(ByteCursor& section) {
  Tag tag;
  tag.offset = section.offset();
  TENON_ASSIGN_OR_RETURN(const std::uint8_t attribute, section.Byte());
  if (attribute != 0) {
    return Error::Format("malformed tag attribute 0x%02x, at byte offset 0x%x in the %s", attribute,
                         tag.offset, section.place());
  }
  TENON_ASSIGN_OR_RETURN(tag.type_index, section.U32());
  return tag;
}

Status ModuleReader::ReadTagSection(ByteCursor& section) {
  TENON_ASSIGN_OR_RETURN(const std::uint32_t count, section.Count("tags", kMaximumTags));
  ReserveModestly(module_.tags, count);
  for (std::uint32_t i = 0; i < count; ++i) {
    TENON_ASSIGN_OR_RETURN(const Tag tag, ReadTag(section));
    module_.tags.push_back(tag);
  }
  return Status::Ok();
}

Status ModuleReader::ReadExportSection(ByteCursor& section) {
  TENON_ASSIGN_OR_RETURN(const std::uint32_t count, section.Count("exports", kMaximumExports));
  ReserveModestly(module_.exports, count);
  for (std::uint32_t i = 0; i < count; ++i) {
    Export item{};
    item.offset = section.offset();
    TENON_ASSIGN_OR_RETURN(item.name, section.Name());
    TENON_ASSIGN_OR_RETURN(const std::uint8_t kind, section.Byte());
    item.kind = static_cast<ExternKind>(kind);
    if (kind > static_cast<std::uint8_t>(ExternKind::kTag)) {
      return Error::Format(
          "malformed export kind 0x%02x, at byte offset 0x%x in the export "
          "section",
          kind, section.offset() - 1);
    }
    TENON_ASSIGN_OR_RETURN(item.index, section.U32());
    module_.exports.push_back(item);
  }
  return Status::Ok();
}

Status ModuleReader::ReadStartSection(ByteCursor& section) {
  module_.start_offset = section.offset();
  TENON_ASSIGN_OR_RETURN(module_.start_function, section.U32());
  return Status::Ok();
}

Status ModuleReader::ReadElementSection(ByteCursor& section) {
  // The flags of section 5.5.12.
  constexpr std::uint32_t kNotActive = 0x1;
  constexpr std::uint32_t kExplicitTable = 0x2;  // active
  constexpr std::uint32_t kDeclarative = 0x2;    // not active
  constexpr std::uint32_t kExpressions = 0x4;
  TENON_ASSIGN_OR_RETURN(const std::uint32_t count,
                         section.Count("element segments", kMaximumElementSegments));
  ReserveModestly(module_.element_segments, count);
  for (std::uint32_t i = 0; i < count; ++i) {
    ElementSegment segment;
    segment.file_offset = section.offset();
    TENON_ASSIGN_OR_RETURN(const std::uint32_t flags, section.U32());
    if (flags > (kNotActive | kExplicitTable | kExpressions)) {
      return Error::Format(
          "malformed elements segment kind %u, at byte offset 0x%x in the element "
          "section",
          flags, segment.file_offset);
    }
    if ((flags & kNotActive) == 0) {
      segment.mode = SegmentMode::kActive;
      if ((flags & kExplicitTable) != 0) {
        TENON_ASSIGN_OR_RETURN(segment.table_index, section.U32());
      }
      TENON_ASSIGN_OR_RETURN(segment.offset, ReadConstantExpression(section));
    } else {
      segment.mode =
          (flags & kDeclarative) != 0 ? SegmentMode::kDeclarative : SegmentMode::kPassive;
    }
    // Function indices make references that are not null. The forms 0 and 4 leave the type out,
    // for compatibility with the MVP.
    if ((flags & kExpressions) == 0) segment.type = ReferenceTo(kFuncHeap, /*nullable=*/false);
    const bool with_type = (flags & (kNotActive | kExplicitTable)) != 0;
    if (with_type && (flags & kExpressions) != 0) {
      TENON_ASSIGN_OR_RETURN(segment.type, ReadReferenceType(section));
    } else if (with_type) {
      TENON_ASSIGN_OR_RETURN(const std::uint8_t kind, section.Byte());
      if (kind != 0) {
        return Error::Format(
            "malformed element kind 0x%02x, at byte offset 0x%x in the element "
            "section",
            kind, section.offset() - 1);
      }
    }
    TENON_ASSIGN_OR_RETURN(const std::uint32_t items, section.Count("elements", kMaximumElements));
    ReserveModestly(segment.items, items);
    for (std::uint32_t item = 0; item < items; ++item) {
      if ((flags & kExpressions) != 0) {
        TENON_ASSIGN_OR_RETURN(ConstantExpression expression, ReadConstantExpression(section));
        segment.items.push_back(std::move(expression));
      } else {
        TENON_ASSIGN_OR_RETURN(const std::uint32_t function, section.U32());
        segment.items.push_back({{ConstantOperation::Kind::kRefFunc, function}});
      }
    }
    module_.element_segments.push_back(std::move(segment));
  }
  return Status::Ok();
}

Status ModuleReader::ReadDataCountSection(ByteCursor& section) {
  TENON_ASSIGN_OR_RETURN(module_.data_count, section.U32());
  return Status::Ok();
}

// Reads the local declarations of one function (5.5.13).
Status ModuleReader::ReadLocals(ByteCursor& code, Function& function, std::size_t index) {
  const std::uint32_t offset = code.offset();
  TENON_ASSIGN_OR_RETURN(const std::uint32_t runs,
                         code.Count("local declarations in one function", UINT32_MAX));
  std::uint64_t total = 0;
  for (std::uint32_t i = 0; i < runs; ++i) {
    Function::LocalRun run{};
    TENON_ASSIGN_OR_RETURN(run.count, code.U32());
    TENON_ASSIGN_OR_RETURN(run.type, ReadValueType(code));
    total += run.count;
    if (total > kMaximumLocals) {
      return Error::Format(
          "too many locals: function %zu has %llu or more, this implementation supports at most "
          "%u, at byte offset 0x%x",
          index, static_cast<unsigned long long>(total), kMaximumLocals, offset);
    }
    if (run.count != 0) function.locals.push_back(run);
  }
  return Status::Ok();
}

Status ModuleReader::ReadCodeSection(ByteCursor& section) {
  TENON_ASSIGN_OR_RETURN(code_bodies_, section.Count("function bodies", kMaximumFunctions));
  // Compared before the first body so that each finds its function.
  if (code_bodies_ != declared_functions_) return CheckConsistency();
  for (std::uint32_t i = 0; i < code_bodies_; ++i) {
    const std::size_t index = static_cast<std::size_t>(module_.imported_functions) + i;
    Function& function = module_.functions[index];
    TENON_ASSIGN_OR_RETURN(const std::uint32_t size, section.U32());
    const std::uint32_t offset = section.offset();
    TENON_ASSIGN_OR_RETURN(const std::span<const std::uint8_t> bytes, section.Bytes(size));
    ByteCursor code(bytes, offset, "code section");
    TENON_TRY(ReadLocals(code, function, index));
    function.body_offset = code.offset();
    function.body = code.rest();
  }
  return Status::Ok();
}

Status ModuleReader::ReadDataSection(ByteCursor& section) {
  // The flags of section 5.5.14.
  constexpr std::uint32_t kPassive = 1;
  constexpr std::uint32_t kActiveExplicitMemory = 2;  // 0 is active, in memory 0
  TENON_ASSIGN_OR_RETURN(const std::uint32_t count,
                         section.Count("data segments", kMaximumDataSegments));
  ReserveModestly(module_.data_segments, count);
  for (std::uint32_t i = 0; i < count; ++i) {
    DataSegment segment;
    segment.file_offset = section.offset();
    TENON_ASSIGN_OR_RETURN(const std::uint32_t flags, section.U32());
    if (flags > kActiveExplicitMemory) {
      return Error::Format(
          "malformed data segment kind %u, at byte offset 0x%x in the data "
          "section",
          flags, segment.file_offset);
    }
    if (flags == kActiveExplicitMemory) {
      TENON_ASSIGN_OR_RETURN(segment.memory_index, section.U32());
    }
    if (flags == kPassive) {
      segment.mode = SegmentMode::kPassive;
    } else {
      segment.mode = SegmentMode::kActive;
      TENON_ASSIGN_OR_RETURN(segment.offset, ReadConstantExpression(section));
    }
    TENON_ASSIGN_OR_RETURN(const std::uint32_t size, section.U32());
    TENON_ASSIGN_OR_RETURN(segment.bytes, section.Bytes(size));
    module_.data_segments.push_back(std::move(segment));
  }
  return Status::Ok();
}

}  // namespace

Result<Module> ReadModule(std::span<const std::uint8_t> bytes) {
  return ModuleReader(bytes).Read();
}

void MarkReferencedFunctions(Module& module) {
  const auto mark = [&](std::uint64_t index) {
    if (index < module.functions.size()) module.functions[index].referenced = true;
  };
  const auto mark_all = [&](const ConstantExpression& expression) {
    for (const ConstantOperation& operation : expression) {
      if (operation.kind == ConstantOperation::Kind::kRefFunc) mark(operation.value);
    }
  };
  for (const Export& item : module.exports) {
    if (item.kind == ExternKind::kFunction) mark(item.index);
  }
  for (const Table& table : module.tables) mark_all(table.initializer);
  for (const Global& global : module.globals) mark_all(global.initializer);
  for (const ElementSegment& segment : module.element_segments) {
    for (const ConstantExpression& item : segment.items) mark_all(item);
  }
}

}  // namespace tenon::wasm
