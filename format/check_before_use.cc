// Checks what an instance is made from: functions, exports, globals, segments, constants. Their
// number grows with the code. Lists that have an element per function are checked in loops without
// an exit, which compilers vectorise.
#include "format/check.h"

namespace tenon::container {
namespace {

using std::uint32_t;
using std::uint64_t;

// Constant expressions nest at most this deep; the evaluator's stack is this large.
constexpr uint32_t kMaximumConstantDepth = 64;

// Whether an offset is neither kNone nor in [first, first + size).
[[gnu::noinline]] bool AnyOutside(std::span<const uint32_t> offsets, uint32_t first,
                                  uint32_t size) {
  uint32_t outside = 0;  // an offset below `first` wraps around to a large number
  for (const uint32_t offset : offsets)
    outside |= uint32_t{offset - first >= size} & uint32_t{offset != kNone};
  return outside != 0;
}

// The first function with an index out of range or not above the one before; the number of
// functions if there is none.
[[gnu::noinline]] std::size_t FirstBadFunction(std::span<const ReferencedFunctionEntry> functions,
                                               uint32_t function_count, uint32_t type_count) {
  uint32_t bad = 0;
  for (const ReferencedFunctionEntry& entry : functions) {
    bad |=
        uint32_t{entry.function_index >= function_count} | uint32_t{entry.type_index >= type_count};
  }
  for (std::size_t i = 1; i < functions.size(); ++i)
    bad |= uint32_t{functions[i].function_index <= functions[i - 1].function_index};
  if (bad == 0) return functions.size();
  std::size_t i = 0;
  for (uint64_t least = 0; i < functions.size(); ++i) {
    const ReferencedFunctionEntry& entry = functions[i];
    if (entry.function_index < least || entry.function_index >= function_count ||
        entry.type_index >= type_count) {
      break;
    }
    least = uint64_t{entry.function_index} + 1;
  }
  return i;
}

// Whether all are functions below `count`.
[[gnu::noinline]] bool AreFunctions(std::span<const ElementItem> items, std::size_t count) {
  const auto function = static_cast<uint32_t>(ConstantOperationKind::kRefFunc);
  const auto below = static_cast<uint32_t>(count);  // a file's indices have 32 bits
  uint32_t wrong = 0;
  for (const ElementItem& item : items)
    wrong |= uint32_t{item.index >= below} | uint32_t{item.kind != function};
  return wrong == 0;
}

class Checker {
 public:
  Checker(const View& view, const VariantEntry& variant)
      : view_(view),
        variant_(variant),
        info_(view.info()),
        types_(view.Section<TypeEntry>(SectionId::kTypes)),
        imports_(view.Section<ImportEntry>(SectionId::kImports)),
        exports_(view.Section<ExportEntry>(SectionId::kExports)),
        globals_(view.Section<GlobalEntry>(SectionId::kGlobals)),
        tags_(view.Section<TagEntry>(SectionId::kTags)),
        memories_(view.Section<MemoryEntry>(SectionId::kMemories)),
        tables_(view.Section<TableEntry>(SectionId::kTables)),
        functions_(view.Section<ReferencedFunctionEntry>(SectionId::kReferencedFunctions)),
        operations_(view.Section<ConstantOperationEntry>(SectionId::kConstantOperations)),
        constants_left_(operations_.size()) {}

  Status Check() {
    TENON_TRY(view_.CompareChecksums(Verified::kBeforeUse));
    TENON_TRY(CheckFunctions());
    TENON_TRY(CheckExports());
    TENON_TRY(CheckGlobals());
    TENON_TRY(CheckTables());
    TENON_TRY(CheckElements());
    TENON_TRY(CheckData());
    return CheckCode();
  }

 private:
  Status CheckFunctions() const {
    // One pass over all finds out whether any is bad; only then is the first bad one looked for.
    if (const std::size_t bad = FirstBadFunction(functions_, info_.function_count,
                                                 static_cast<uint32_t>(types_.size()));
        bad < functions_.size()) {
      return Bad("functions", bad, "an index is out of range, or it is not in ascending order");
    }
    std::size_t import = 0;  // walks along: both lists ascend
    uint64_t import_function = 0;
    for (std::size_t i = 0; i < functions_.size(); ++i) {
      const ReferencedFunctionEntry& entry = functions_[i];
      if (entry.function_index >= info_.imported_functions) break;
      for (;; ++import) {
        if (imports_[import].kind != ExternKind::kFunction) continue;
        if (import_function == entry.function_index) break;
        ++import_function;
      }
      if (imports_[import].type != entry.type_index)
        return Bad("functions", i, "its type disagrees with its import");
    }
    if (info_.start_function != kNone && info_.start_function >= functions_.size()) {
      return Error::Format("malformed file: start function %u of %zu", info_.start_function,
                           functions_.size());
    }
    if (info_.start_function != kNone) {
      const TypeEntry& type = types_[functions_[info_.start_function].type_index];
      if (type.parameter_count != 0 || type.result_count != 0) {
        return Error::Format("malformed file: the start function has parameters or results");
      }
    }
    return Status::Ok();
  }

  Status CheckExports() const {
    for (std::size_t i = 0; i < exports_.size(); ++i) {
      const ExportEntry& entry = exports_[i];
      if (!StringFits(view_, entry.name))
        return Bad("exports", i, "its name lies outside of the strings");
      std::size_t count = 0;
      switch (entry.kind) {
        case ExternKind::kFunction: count = functions_.size(); break;
        case ExternKind::kTable: count = tables_.size(); break;
        case ExternKind::kMemory: count = memories_.size(); break;
        case ExternKind::kGlobal: count = globals_.size(); break;
        case ExternKind::kTag: count = tags_.size(); break;
        default: return Bad("exports", i, "unknown kind");
      }
      if (entry.index >= count) return Bad("exports", i, "index out of range");
    }
    const auto by_name = view_.Section<uint32_t>(SectionId::kExportsByName);
    if (by_name.size() != exports_.size()) {
      return Error::Format("malformed file: %zu exports, but %zu by name", exports_.size(),
                           by_name.size());
    }
    // Their order is View::Verify's: a search through names in disorder finds nothing.
    for (std::size_t i = 0; i < by_name.size(); ++i) {
      if (by_name[i] >= exports_.size()) return Bad("exports by name", i, "index out of range");
    }
    return Status::Ok();
  }

  // A constant expression that leaves one value of `type`, using globals below `global_bound`.
  Status CheckConstant(const char* section, std::size_t index, ConstantRange range, ValueType type,
                       uint64_t global_bound) {
    if (!Fits(range.first, range.count, operations_.size()))
      return Bad(section, index, "its constant lies outside of section \"constants\"");
    if (range.count > constants_left_) return Bad(section, index, "constants overlap");
    constants_left_ -= range.count;
    // kI32 stands for every type that is not a reference: kConst has no type of its own.
    // References are compared by kind alone (functions, exceptions, the host's). A function's type
    // decides only how code calls it, and code is trusted.
    ValueType stack[kMaximumConstantDepth];
    uint32_t depth = 0;
    for (uint32_t i = 0; i < range.count; ++i) {
      const ConstantOperationEntry& operation = operations_[range.first + i];
      ValueType pushed = ValueType::kI32;
      switch (static_cast<ConstantOperationKind>(operation.kind)) {
        case ConstantOperationKind::kConst: break;
        case ConstantOperationKind::kGlobalGet:
          if (operation.value >= global_bound)
            return Bad(section, index, "its constant uses a global that is not initialised yet");
          pushed = globals_[operation.value].type;
          break;
        case ConstantOperationKind::kRefNull:
          pushed = IsReference(type) ? type : ValueType::kFuncRef;
          break;
        case ConstantOperationKind::kRefFunc:
          if (operation.value >= functions_.size())
            return Bad(section, index, "its constant uses a function out of range");
          pushed = ValueType::kFuncRef;
          break;
        case ConstantOperationKind::kV128High:
          if (depth == 0 || IsReference(stack[depth - 1]))
            return Bad(section, index, "its constant is not well formed");
          --depth;
          break;
        case ConstantOperationKind::kI32Add:
        case ConstantOperationKind::kI32Sub:
        case ConstantOperationKind::kI32Mul:
        case ConstantOperationKind::kI64Add:
        case ConstantOperationKind::kI64Sub:
        case ConstantOperationKind::kI64Mul:
          if (depth < 2 || IsReference(stack[depth - 1]) || IsReference(stack[depth - 2])) {
            return Bad(section, index, "its constant is not well formed");
          }
          depth -= 2;
          break;
        default: return Bad(section, index, "its constant has an unknown operation");
      }
      if (depth == kMaximumConstantDepth)
        return Bad(section, index, "its constant nests too deeply");
      stack[depth++] = pushed;
    }
    if (depth != 1) return Bad(section, index, "its constant is not one value");
    if (!SameKind(stack[0], type)) return Bad(section, index, "its constant has another type");
    return Status::Ok();
  }

  Status CheckGlobals() {
    for (std::size_t i = 0; i < globals_.size(); ++i) {
      const GlobalEntry& entry = globals_[i];
      if (!IsKnown(entry.type, types_.size())) return Bad("globals", i, "unknown value type");
      if (entry.is_mutable > 1) return Bad("globals", i, "mutability is neither 0 nor 1");
      if (i < info_.imported_globals) {
        if (entry.initializer.count != 0)
          return Bad("globals", i, "an imported global has an initializer");
        continue;
      }
      TENON_TRY(CheckConstant("globals", i, entry.initializer, entry.type, i));
    }
    return Status::Ok();
  }

  Status CheckTables() {
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      const TableEntry& entry = tables_[i];
      if (entry.initializer.count == 0) continue;
      TENON_TRY(CheckConstant("tables", i, entry.initializer, entry.element_type, globals_.size()));
    }
    return Status::Ok();
  }

  Status CheckElements() {
    const auto segments = view_.Section<ElementSegmentEntry>(SectionId::kElementSegments);
    const auto items = view_.Section<ElementItem>(SectionId::kElementItems);
    uint64_t items_left = items.size();
    for (std::size_t i = 0; i < segments.size(); ++i) {
      const ElementSegmentEntry& segment = segments[i];
      if (segment.mode > 2) return Bad("element segments", i, "unknown mode");
      if (!IsReference(segment.type) || !IsKnown(segment.type, types_.size()))
        return Bad("element segments", i, "its type is no reference type");
      if (segment.mode == 0) {
        if (segment.table_index >= tables_.size())
          return Bad("element segments", i, "table index out of range");
        if (!SameKind(tables_[segment.table_index].element_type, segment.type))
          return Bad("element segments", i, "its type is not the table's");
        TENON_TRY(
            CheckConstant("element segments", i, segment.offset, ValueType::kI32, globals_.size()));
      }
      if (!Fits(segment.first_item, segment.item_count, items.size()) ||
          segment.item_count > items_left) {
        return Bad("element segments", i, "its items lie outside of their section or overlap");
      }
      items_left -= segment.item_count;
      const auto own = items.subspan(segment.first_item, segment.item_count);
      if (IsFunctionReference(segment.type) && AreFunctions(own, functions_.size())) continue;
      for (const ElementItem& item : own) {
        bool good = false;
        switch (static_cast<ConstantOperationKind>(item.kind)) {
          case ConstantOperationKind::kRefNull: good = true; break;
          case ConstantOperationKind::kRefFunc:
            good = item.index < functions_.size() && IsFunctionReference(segment.type);
            break;
          case ConstantOperationKind::kGlobalGet:
            good =
                item.index < globals_.size() && SameKind(globals_[item.index].type, segment.type);
            break;
          default: break;
        }
        if (!good)
          return Bad("element segments", i,
                     "it has an item of unknown kind, index out of range or another type");
      }
    }
    return Status::Ok();
  }

  Status CheckData() {
    const auto segments = view_.Section<DataSegmentEntry>(SectionId::kDataSegments);
    const uint64_t size = view_.RawSection(SectionId::kDataBytes).size();
    for (std::size_t i = 0; i < segments.size(); ++i) {
      const DataSegmentEntry& segment = segments[i];
      if (segment.mode > 1) return Bad("data segments", i, "unknown mode");
      if (!Fits(segment.bytes_offset, segment.bytes_size, size))
        return Bad("data segments", i, "its bytes lie outside of section \"data bytes\"");
      if (segment.mode != 0) continue;
      if (segment.memory_index >= memories_.size())
        return Bad("data segments", i, "memory index out of range");
      TENON_TRY(
          CheckConstant("data segments", i, segment.offset, ValueType::kI32, globals_.size()));
    }
    return Status::Ok();
  }

  Status CheckCode() const {
    const auto offsets = view_.Section<uint32_t>(SectionId::kCodeOffsets)
                             .subspan(variant_.code_offsets_first,
                                      CodeOffsetsPerVariant(functions_.size(), types_.size()));
    if (AnyOutside(offsets, static_cast<uint32_t>(variant_.text_offset),
                   static_cast<uint32_t>(variant_.text_size))) {
      return Error::Format("malformed file: a code offset lies outside of its variant's text");
    }
    return Status::Ok();
  }

  const View& view_;
  const VariantEntry& variant_;
  const ModuleInfo& info_;
  std::span<const TypeEntry> types_;
  std::span<const ImportEntry> imports_;
  std::span<const ExportEntry> exports_;
  std::span<const GlobalEntry> globals_;
  std::span<const TagEntry> tags_;
  std::span<const MemoryEntry> memories_;
  std::span<const TableEntry> tables_;
  std::span<const ReferencedFunctionEntry> functions_;
  std::span<const ConstantOperationEntry> operations_;
  uint64_t constants_left_;
};

}  // namespace

Status CheckBeforeUse(const View& view, const VariantEntry& variant) {
  return Checker(view, variant).Check();
}

}  // namespace tenon::container
