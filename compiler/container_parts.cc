// Turns the validated Module into the container's tables, and active data segments whose place is
// known into the initial memory image.
#include "compiler/container_parts.h"

#include <algorithm>
#include <map>
#include <optional>

#include "compiler/wasm/type_relations.h"
#include "format/abi.h"

namespace tenon::compiler {

namespace {

using container::kNone;

class ModuleDescription {
 public:
  ModuleDescription(const wasm::Module& module, const InstanceLayout& layout)
      : module_(module), layout_(layout) {}

  container::Parts Describe(const std::string& producer) {
    DescribeInfo(producer);
    DescribeTypes();
    DescribeImportsAndExports();
    DescribeIndexSpaces();
    DescribeElements();
    DescribeData();
    DescribeNames();
    return std::move(parts_);
  }

 private:
  void DescribeInfo(const std::string& producer);
  void DescribeTypes();
  void DescribeImportsAndExports();
  void DescribeIndexSpaces();
  void DescribeElements();
  void DescribeData();
  void DescribeNames();
  void FillMemoryImage(std::uint32_t memory_index);
  container::ConstantRange Constant(const wasm::ConstantExpression& expression);
  static bool IsV128(const wasm::ConstantOperation& operation) {
    return operation.kind == wasm::ConstantOperation::Kind::kV128Const;
  }
  container::ConstantOperationEntry Operation(const wasm::ConstantOperation& operation) const;
  static container::LimitsEntry LimitsOf(const wasm::Limits& limits, bool of_memory) {
    const std::uint32_t flags = (limits.is_64 ? container::kLimits64 : 0U) |
                                (limits.shared ? container::kLimitsShared : 0U);
    return {limits.minimum, limits.maximum.value_or(~std::uint64_t{0}), flags,
            of_memory ? limits.page_size_log2 : 0};
  }

  const wasm::Module& module_;
  const InstanceLayout& layout_;
  container::Parts parts_;
};

void ModuleDescription::DescribeInfo(const std::string& producer) {
  container::ModuleInfo& info = parts_.info;
  info.name = parts_.AddString(module_.name);
  info.producer = parts_.AddString(producer);
  info.function_count = static_cast<std::uint32_t>(module_.functions.size());
  info.imported_functions = module_.imported_functions;
  info.imported_tables = module_.imported_tables;
  info.imported_memories = module_.imported_memories;
  info.imported_globals = module_.imported_globals;
  info.start_function =
      module_.start_function ? layout_.referenced_index[*module_.start_function] : kNone;
  info.wasm_features = module_.features.bits();
  info.memories_offset = layout_.memories;
  info.tables_offset = layout_.tables;
  info.memory_pointers_offset = layout_.memory_pointers;
  info.table_pointers_offset = layout_.table_pointers;
  info.function_imports_offset = layout_.function_imports;
  info.global_pointers_offset = layout_.global_pointers;
  info.globals_offset = layout_.globals;
  info.funcrefs_offset = layout_.funcrefs;
  info.tag_pointers_offset = layout_.tag_pointers;
  info.tags_offset = layout_.tags;
  info.imported_tags = module_.imported_tags;
  info.context_size = layout_.size;
}

void ModuleDescription::DescribeTypes() {
  for (std::size_t i = 0; i < module_.types.size(); ++i) {
    const wasm::FunctionType& type = module_.types[i];
    const wasm::TypeDeclaration& declaration = module_.type_declarations[i];
    container::TypeEntry entry{};
    entry.kind = container::TypeKind::kFunction;
    entry.group_first = declaration.group_first;
    entry.group_size = declaration.group_size;
    entry.supertype = declaration.supertype.value_or(kNone);
    entry.is_final = declaration.is_final ? 1 : 0;
    entry.key = wasm::TypeKeyOf(module_, static_cast<std::uint32_t>(i));
    entry.first_value = static_cast<std::uint32_t>(parts_.value_types.size());
    entry.parameter_count = static_cast<std::uint16_t>(type.parameters.size());
    entry.result_count = static_cast<std::uint16_t>(type.results.size());
    parts_.types.push_back(entry);
    parts_.value_types.insert(parts_.value_types.end(), type.parameters.begin(),
                              type.parameters.end());
    parts_.value_types.insert(parts_.value_types.end(), type.results.begin(), type.results.end());
  }
  for (const std::uint32_t index : layout_.referenced_functions) {
    parts_.referenced_functions.push_back({index, module_.functions[index].type_index});
  }
}

void ModuleDescription::DescribeImportsAndExports() {
  for (const wasm::Import& item : module_.imports) {
    container::ImportEntry entry{};
    entry.module = parts_.AddString(item.module);
    entry.name = parts_.AddString(item.name);
    entry.kind = item.kind;
    switch (item.kind) {
      case ExternKind::kFunction: entry.type = module_.functions[item.index].type_index; break;
      case ExternKind::kTable:
        entry.type = static_cast<std::uint32_t>(module_.tables[item.index].element_type);
        entry.limits = LimitsOf(module_.tables[item.index].limits, false);
        break;
      case ExternKind::kMemory:
        entry.limits = LimitsOf(module_.memories[item.index].limits, true);
        break;
      case ExternKind::kGlobal:
        entry.type = static_cast<std::uint32_t>(module_.globals[item.index].type);
        entry.is_mutable = module_.globals[item.index].is_mutable ? 1 : 0;
        break;
      case ExternKind::kTag: entry.type = module_.tags[item.index].type_index; break;
    }
    parts_.imports.push_back(entry);
  }
  for (const wasm::Export& item : module_.exports) {
    container::ExportEntry entry{};
    entry.name = parts_.AddString(item.name);
    entry.kind = item.kind;
    entry.index =
        item.kind == ExternKind::kFunction ? layout_.referenced_index[item.index] : item.index;
    parts_.exports.push_back(entry);
  }
}

container::ConstantOperationEntry ModuleDescription::Operation(
    const wasm::ConstantOperation& operation) const {
  using From = wasm::ConstantOperation::Kind;
  using To = container::ConstantOperationKind;
  const auto entry = [&](To kind, std::uint64_t value) {
    return container::ConstantOperationEntry{static_cast<std::uint32_t>(kind), 0, value};
  };
  switch (operation.kind) {
    case From::kI32Const:
    case From::kI64Const:
    case From::kF32Const:
    case From::kF64Const:
    case From::kV128Const: return entry(To::kConst, operation.value);
    case From::kGlobalGet: return entry(To::kGlobalGet, operation.value);
    case From::kRefNull: return entry(To::kRefNull, operation.value);
    case From::kRefFunc: return entry(To::kRefFunc, layout_.referenced_index[operation.value]);
    case From::kI32Add: return entry(To::kI32Add, 0);
    case From::kI32Sub: return entry(To::kI32Sub, 0);
    case From::kI32Mul: return entry(To::kI32Mul, 0);
    case From::kI64Add: return entry(To::kI64Add, 0);
    case From::kI64Sub: return entry(To::kI64Sub, 0);
    case From::kI64Mul: return entry(To::kI64Mul, 0);
  }
  return entry(To::kConst, 0);
}

container::ConstantRange ModuleDescription::Constant(const wasm::ConstantExpression& expression) {
  const auto first = static_cast<std::uint32_t>(parts_.constant_operations.size());
  for (const wasm::ConstantOperation& operation : expression) {
    parts_.constant_operations.push_back(Operation(operation));
    if (IsV128(operation)) {
      parts_.constant_operations.push_back(
          {static_cast<std::uint32_t>(container::ConstantOperationKind::kV128High), 0,
           operation.value_high});
    }
  }
  return {first, static_cast<std::uint32_t>(parts_.constant_operations.size()) - first};
}

void ModuleDescription::DescribeIndexSpaces() {
  for (const wasm::Global& global : module_.globals) {
    parts_.globals.push_back(
        {global.type, global.is_mutable ? 1U : 0U, Constant(global.initializer)});
  }
  for (const wasm::Tag& tag : module_.tags) parts_.tags.push_back({tag.type_index});
  for (const wasm::Table& table : module_.tables) {
    parts_.tables.push_back(
        {table.element_type, 0, LimitsOf(table.limits, false), Constant(table.initializer)});
  }
  for (const wasm::Memory& memory : module_.memories) {
    container::MemoryEntry entry{};
    entry.limits = LimitsOf(memory.limits, true);
    parts_.memories.push_back(entry);
  }
}

void ModuleDescription::DescribeElements() {
  for (const wasm::ElementSegment& segment : module_.element_segments) {
    container::ElementSegmentEntry entry{};
    entry.mode = static_cast<std::uint32_t>(segment.mode);
    entry.type = segment.type;
    entry.table_index = segment.table_index;
    entry.first_item = static_cast<std::uint32_t>(parts_.element_items.size());
    entry.item_count = static_cast<std::uint32_t>(segment.items.size());
    entry.offset = Constant(segment.offset);
    for (const wasm::ConstantExpression& item : segment.items) {
      // A reference's constant expression is a single operation.
      const container::ConstantOperationEntry operation = Operation(item.front());
      parts_.element_items.push_back({operation.kind, static_cast<std::uint32_t>(operation.value)});
    }
    parts_.element_segments.push_back(entry);
  }
}

void ModuleDescription::DescribeData() {
  for (const std::uint32_t index : layout_.data.kept_segments) {
    container::DataSegmentEntry entry{};
    entry.mode = static_cast<std::uint32_t>(wasm::SegmentMode::kPassive);
    if (index != kNone) {
      const wasm::DataSegment& segment = module_.data_segments[index];
      entry.mode = static_cast<std::uint32_t>(segment.mode);
      entry.memory_index = segment.memory_index;
      entry.offset = Constant(segment.offset);
      entry.bytes_offset = parts_.data_bytes.size();
      entry.bytes_size = segment.bytes.size();
      parts_.data_bytes.insert(parts_.data_bytes.end(), segment.bytes.begin(), segment.bytes.end());
    }
    parts_.data_segments.push_back(entry);
  }
  for (std::uint32_t i = module_.imported_memories; i < module_.memories.size(); ++i)
    FillMemoryImage(i);
}

void ModuleDescription::FillMemoryImage(std::uint32_t memory_index) {
  const std::vector<ImagePiece>& pieces = layout_.data.pieces[memory_index];
  if (pieces.empty()) return;
  container::MemoryEntry& entry = parts_.memories[memory_index];
  entry.first_piece = static_cast<std::uint32_t>(parts_.memory_pieces.size());
  entry.piece_count = static_cast<std::uint32_t>(pieces.size());
  for (const ImagePiece& piece : pieces) {
    parts_.memory_pieces.push_back({piece.address, parts_.memory_image.size(), piece.size});
    parts_.memory_image.resize(parts_.memory_image.size() + piece.size);
  }
  for (const wasm::DataSegment& segment : module_.data_segments) {
    if (segment.mode != wasm::SegmentMode::kActive || segment.memory_index != memory_index ||
        segment.bytes.empty()) {
      continue;
    }
    const std::uint64_t address = *KnownAddress(segment);
    const auto behind = std::upper_bound(
        pieces.begin(), pieces.end(), address,
        [](std::uint64_t wanted, const ImagePiece& piece) { return wanted < piece.address; });
    const auto number = entry.first_piece + (behind - pieces.begin()) - 1;
    const container::MemoryPieceEntry& piece =
        parts_.memory_pieces[static_cast<std::size_t>(number)];
    std::copy(segment.bytes.begin(), segment.bytes.end(),
              parts_.memory_image.begin() +
                  static_cast<std::ptrdiff_t>(piece.offset + address - piece.address));
  }
}

void ModuleDescription::DescribeNames() {
  // A function without a name of its own is called by its export's or import's.
  std::vector<std::string> names(module_.functions.size());
  for (const wasm::Import& item : module_.imports) {
    if (item.kind == ExternKind::kFunction) {
      names[item.index] = std::string(item.module) + "." + std::string(item.name);
    }
  }
  for (const wasm::Export& item : module_.exports) {
    if (item.kind == ExternKind::kFunction && names[item.index].empty())
      names[item.index] = item.name;
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!module_.functions[i].name.empty()) names[i] = module_.functions[i].name;
    parts_.function_names.push_back(parts_.AddNameString(names[i]));
  }
  for (const wasm::CustomSection& section : module_.custom_sections) {
    // Names are in the table above already; DWARF of the wasm is of no use at run time.
    if (section.name == "name" || section.name.starts_with(".debug_")) continue;
    container::CustomSectionEntry entry{};
    entry.name = parts_.AddNameString(section.name);
    entry.bytes_offset = parts_.data_bytes.size();
    entry.bytes_size = section.bytes.size();
    parts_.data_bytes.insert(parts_.data_bytes.end(), section.bytes.begin(), section.bytes.end());
    parts_.custom_sections.push_back(entry);
  }
}

}  // namespace

container::Parts DescribeModule(const wasm::Module& module, const InstanceLayout& layout,
                                const std::string& producer) {
  return ModuleDescription(module, layout).Describe(producer);
}

}  // namespace tenon::compiler
