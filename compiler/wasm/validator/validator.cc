#include "compiler/wasm/validator/validator.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <vector>

#include "compiler/wasm/constant_folding.h"
#include "compiler/wasm/readable_name.h"
#include "compiler/wasm/type_relations.h"
#include "compiler/wasm/validator/function_validator.h"

namespace tenon::wasm {
namespace {

// Names an expression in messages: "the initializer of global 3".
struct ExpressionPlace {
  const char* what;
  std::size_t index;
  std::uint32_t offset;
};

// Checks everything but the bodies of functions.
class ModuleValidator {
 public:
  explicit ModuleValidator(const Module& module) : module_(module) {}

  Status Validate();

 private:
  Status CheckTypes();
  Status CheckValueType(ValueType type, std::uint32_t offset) const;
  Status CheckFunctionTypes();
  Status CheckTables();
  Status CheckMemories();
  Status CheckGlobals();
  Status CheckTags();
  Status CheckElementSegments();
  Status CheckDataSegments();
  Status CheckStart();
  Status CheckExports();
  Status CheckExport(const Export& item) const;
  Status CheckDistinctExportNames() const;

  // `visible_globals` is how many globals, from the first on, the expression may use.
  Status CheckConstant(const ConstantExpression& expression, ValueType expected,
                       std::size_t visible_globals, const ExpressionPlace& place);

  const Module& module_;
  std::vector<ValueType> operands_;  // of CheckConstant
};

Status ModuleValidator::Validate() {
  TENON_TRY(CheckTypes());
  TENON_TRY(CheckFunctionTypes());
  TENON_TRY(CheckTables());
  TENON_TRY(CheckMemories());
  TENON_TRY(CheckTags());
  TENON_TRY(CheckGlobals());
  TENON_TRY(CheckElementSegments());
  TENON_TRY(CheckDataSegments());
  TENON_TRY(CheckStart());
  TENON_TRY(CheckExports());
  return Status::Ok();
}

// Declared supertypes (section 3.2.9); that indices exist the reader has checked.
Status ModuleValidator::CheckTypes() {
  for (std::size_t i = 0; i < module_.types.size(); ++i) {
    const TypeDeclaration& declaration = module_.type_declarations[i];
    if (!declaration.supertype) continue;
    const std::uint32_t super = *declaration.supertype;
    if (!module_.type_declarations[super].is_final &&
        IsFunctionSubtype(module_, module_.types[i], module_.types[super])) {
      continue;
    }
    return Error::Format(
        "sub type %zu does not match super type %u%s, at byte offset 0x%x in the type section", i,
        super, module_.type_declarations[super].is_final ? ", which is final" : "",
        declaration.offset);
  }
  return Status::Ok();
}

Status ModuleValidator::CheckValueType(ValueType type, std::uint32_t offset) const {
  if (!IsConcreteReference(type) || HeapTypeOf(type) < module_.types.size()) return Status::Ok();
  return Error::Format("unknown type %u: the module has %zu types, at byte offset 0x%x",
                       HeapTypeOf(type), module_.types.size(), offset);
}

Status ModuleValidator::CheckFunctionTypes() {
  for (std::size_t i = 0; i < module_.functions.size(); ++i) {
    const Function& function = module_.functions[i];
    if (function.type_index >= module_.types.size()) {
      return Error::Format(
          "unknown type %u: function %zu has it, the module has %zu types, at byte offset 0x%x",
          function.type_index, i, module_.types.size(), function.body_offset);
    }
  }
  return Status::Ok();
}

// Section 3.2.5; `range` is the largest number the address type allows.
Status CheckLimits(const Limits& limits, std::uint64_t range, const char* too_large,
                   std::uint32_t offset) {
  const std::uint64_t largest = std::max(limits.minimum, limits.maximum.value_or(0));
  if (largest > range) {
    return Error::Format("%s: it has %llu, at byte offset 0x%x", too_large,
                         static_cast<unsigned long long>(largest), offset);
  }
  if (limits.maximum && limits.minimum > *limits.maximum) {
    return Error::Format(
        "size minimum must not be greater than maximum: %llu is greater than %llu, at byte offset "
        "0x%x",
        static_cast<unsigned long long>(limits.minimum),
        static_cast<unsigned long long>(*limits.maximum), offset);
  }
  return Status::Ok();
}

Status ModuleValidator::CheckTables() {
  for (std::size_t i = 0; i < module_.tables.size(); ++i) {
    const Table& table = module_.tables[i];
    TENON_TRY(CheckValueType(table.element_type, table.offset));
    TENON_TRY(CheckLimits(table.limits, table.limits.is_64 ? UINT64_MAX : kMaximumTableElements,
                          "table size must be at most 4294967295 elements", table.offset));
    if (table.initializer.empty() && !table.imported && !IsDefaultable(table.element_type)) {
      return Error::Format(
          "type mismatch: table %zu of %s needs an initializer, at byte offset 0x%x", i,
          ValueTypeText(table.element_type).c_str(), table.offset);
    }
    if (!table.initializer.empty()) {
      // Tables stand before the defined globals, so they see the imported ones.
      TENON_TRY(CheckConstant(table.initializer, table.element_type, module_.imported_globals,
                              {"the initializer of table", i, table.offset}));
    }
  }
  return Status::Ok();
}

Status ModuleValidator::CheckMemories() {
  for (const Memory& memory : module_.memories) {
    const std::uint32_t page = memory.limits.page_size_log2;
    if (page != 0 && page != 16) {
      return Error::Format(
          "invalid custom page size: it is 1 or 65536 bytes, not 2**%u, at byte offset 0x%x", page,
          memory.offset);
    }
    const std::uint64_t range = page == 0 ? (memory.limits.is_64 ? UINT64_MAX : UINT32_MAX)
                                : memory.limits.is_64 ? kMaximumMemoryPages64
                                                      : kMaximumMemoryPages;
    TENON_TRY(CheckLimits(memory.limits, range,
                          page == 0 ? "memory size must be at most 4294967295 pages of one byte"
                          : memory.limits.is_64 ? "memory size must be at most 2**48 pages"
                                                : "memory size must be at most 65536 pages (4 GiB)",
                          memory.offset));
    if (memory.limits.shared && !memory.limits.maximum) {
      return Error::Format("shared memory must have maximum, at byte offset 0x%x", memory.offset);
    }
  }
  return Status::Ok();
}

Status ModuleValidator::CheckTags() {
  for (std::size_t i = 0; i < module_.tags.size(); ++i) {
    const Tag& tag = module_.tags[i];
    if (tag.type_index >= module_.types.size()) {
      return Error::Format(
          "unknown type %u: tag %zu has it, the module has %zu types, at byte offset 0x%x",
          tag.type_index, i, module_.types.size(), tag.offset);
    }
    if (!module_.types[tag.type_index].results.empty()) {
      return Error::Format(
          "non-empty tag result type: tag %zu has %zu results, at byte offset 0x%x", i,
          module_.types[tag.type_index].results.size(), tag.offset);
    }
  }
  return Status::Ok();
}

Status ModuleValidator::CheckGlobals() {
  for (std::size_t i = 0; i < module_.globals.size(); ++i) {
    const Global& global = module_.globals[i];
    TENON_TRY(CheckValueType(global.type, global.offset));
    if (global.imported) continue;
    TENON_TRY(CheckConstant(global.initializer, global.type, i,
                            {"the initializer of global", i, global.offset}));
  }
  return Status::Ok();
}

Status ModuleValidator::CheckElementSegments() {
  for (std::size_t i = 0; i < module_.element_segments.size(); ++i) {
    const ElementSegment& segment = module_.element_segments[i];
    TENON_TRY(CheckValueType(segment.type, segment.file_offset));
    if (segment.mode == SegmentMode::kActive) {
      if (segment.table_index >= module_.tables.size()) {
        return Error::Format(
            "unknown table %u: element segment %zu is for it, the module has %zu tables, at byte "
            "offset 0x%x",
            segment.table_index, i, module_.tables.size(), segment.file_offset);
      }
      const Table& table = module_.tables[segment.table_index];
      if (!IsSubtype(module_, segment.type, table.element_type)) {
        return Error::Format(
            "type mismatch: element segment %zu of %s is for table %u of %s, at byte offset 0x%x",
            i, ValueTypeText(segment.type).c_str(), segment.table_index,
            ValueTypeText(table.element_type).c_str(), segment.file_offset);
      }
      TENON_TRY(CheckConstant(segment.offset, table.limits.AddressType(), module_.globals.size(),
                              {"the offset of element segment", i, segment.file_offset}));
    }
    for (const ConstantExpression& item : segment.items) {
      TENON_TRY(CheckConstant(item, segment.type, module_.globals.size(),
                              {"an item of element segment", i, segment.file_offset}));
    }
  }
  return Status::Ok();
}

Status ModuleValidator::CheckDataSegments() {
  for (std::size_t i = 0; i < module_.data_segments.size(); ++i) {
    const DataSegment& segment = module_.data_segments[i];
    if (segment.mode != SegmentMode::kActive) continue;
    if (segment.memory_index >= module_.memories.size()) {
      return Error::Format(
          "unknown memory %u: data segment %zu is for it, the module has %zu memories, at byte "
          "offset 0x%x",
          segment.memory_index, i, module_.memories.size(), segment.file_offset);
    }
    TENON_TRY(CheckConstant(segment.offset, module_.AddressTypeOfMemory(segment.memory_index),
                            module_.globals.size(),
                            {"the offset of data segment", i, segment.file_offset}));
  }
  return Status::Ok();
}

Status ModuleValidator::CheckStart() {
  if (!module_.start_function) return Status::Ok();
  const std::uint32_t index = *module_.start_function;
  if (index >= module_.functions.size()) {
    return Error::Format(
        "unknown function %u: it is the start function, the module has %zu functions, at byte "
        "offset 0x%x",
        index, module_.functions.size(), module_.start_offset);
  }
  const FunctionType& type = module_.TypeOf(module_.functions[index]);
  if (!type.parameters.empty() || !type.results.empty()) {
    return Error::Format(
        "start function: function %u must have no parameters and no results, but has %zu and %zu, "
        "at byte offset 0x%x",
        index, type.parameters.size(), type.results.size(), module_.start_offset);
  }
  return Status::Ok();
}

Status ModuleValidator::CheckExport(const Export& item) const {
  std::size_t count = 0;
  switch (item.kind) {
    case ExternKind::kFunction: count = module_.functions.size(); break;
    case ExternKind::kTable: count = module_.tables.size(); break;
    case ExternKind::kMemory: count = module_.memories.size(); break;
    case ExternKind::kGlobal: count = module_.globals.size(); break;
    case ExternKind::kTag: count = module_.tags.size(); break;
  }
  if (item.index < count) return Status::Ok();
  return Error::Format(
      "unknown %s %u: export \"%s\" names it, the module has %zu, at byte offset "
      "0x%x",
      ExternKindName(item.kind), item.index, ReadableName(item.name).c_str(), count, item.offset);
}

Status ModuleValidator::CheckDistinctExportNames() const {
  std::vector<std::uint32_t> order(module_.exports.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const int compared = module_.exports[a].name.compare(module_.exports[b].name);
    return compared != 0 ? compared < 0 : a < b;
  });
  const auto duplicate =
      std::adjacent_find(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return module_.exports[a].name == module_.exports[b].name;
      });
  if (duplicate == order.end()) return Status::Ok();
  const Export& second = module_.exports[*(duplicate + 1)];
  return Error::Format("duplicate export name: \"%s\" is exported again, at byte offset 0x%x",
                       ReadableName(second.name).c_str(), second.offset);
}

Status ModuleValidator::CheckExports() {
  for (const Export& item : module_.exports) TENON_TRY(CheckExport(item));
  return CheckDistinctExportNames();
}

Status ModuleValidator::CheckConstant(const ConstantExpression& expression, ValueType expected,
                                      std::size_t visible_globals, const ExpressionPlace& place) {
  using Kind = ConstantOperation::Kind;
  const auto mismatch = [&](const char* detail) {
    return Error::Format("type mismatch: %s %zu %s, at byte offset 0x%x", place.what, place.index,
                         detail, place.offset);
  };
  operands_.clear();
  for (const ConstantOperation& operation : expression) {
    switch (operation.kind) {
      case Kind::kI32Const: operands_.push_back(ValueType::kI32); break;
      case Kind::kI64Const: operands_.push_back(ValueType::kI64); break;
      case Kind::kF32Const: operands_.push_back(ValueType::kF32); break;
      case Kind::kF64Const: operands_.push_back(ValueType::kF64); break;
      case Kind::kV128Const: operands_.push_back(ValueType::kV128); break;
      case Kind::kRefNull:
        TENON_TRY(CheckValueType(static_cast<ValueType>(operation.value), place.offset));
        operands_.push_back(static_cast<ValueType>(operation.value));
        break;
      case Kind::kRefFunc:
        if (operation.value >= module_.functions.size()) {
          return Error::Format(
              "unknown function %llu: %s %zu refers to it, the module has %zu functions, at byte "
              "offset 0x%x",
              static_cast<unsigned long long>(operation.value), place.what, place.index,
              module_.functions.size(), place.offset);
        }
        operands_.push_back(
            ReferenceTo(module_.functions[operation.value].type_index, /*nullable=*/false));
        break;
      case Kind::kGlobalGet:
        if (operation.value >= visible_globals) {
          return Error::Format(
              "unknown global %llu: %s %zu uses it, but only %zu globals precede it, at byte "
              "offset 0x%x",
              static_cast<unsigned long long>(operation.value), place.what, place.index,
              visible_globals, place.offset);
        }
        if (module_.globals[operation.value].is_mutable) {
          return Error::Format(
              "constant expression required: %s %zu uses global %llu, which is mutable, at byte "
              "offset 0x%x",
              place.what, place.index, static_cast<unsigned long long>(operation.value),
              place.offset);
        }
        operands_.push_back(module_.globals[operation.value].type);
        break;
      case Kind::kI32Add:
      case Kind::kI32Sub:
      case Kind::kI32Mul:
      case Kind::kI64Add:
      case Kind::kI64Sub:
      case Kind::kI64Mul: {
        const bool is_32 = operation.kind == Kind::kI32Add || operation.kind == Kind::kI32Sub ||
                           operation.kind == Kind::kI32Mul;
        const ValueType type = is_32 ? ValueType::kI32 : ValueType::kI64;
        const std::size_t size = operands_.size();
        if (size < 2) return mismatch("calculates with fewer than two values");
        if (operands_[size - 1] != type || operands_[size - 2] != type) {
          return mismatch("calculates with values of other types");
        }
        operands_.pop_back();
        break;
      }
    }
  }
  if (operands_.size() != 1) {
    char detail[64];
    std::snprintf(detail, sizeof detail, "gives %zu values instead of one", operands_.size());
    return mismatch(detail);
  }
  if (!IsSubtype(module_, operands_[0], expected)) {
    char detail[64];
    std::snprintf(detail, sizeof detail, "gives %s, expected %s",
                  ValueTypeText(operands_[0]).c_str(), ValueTypeText(expected).c_str());
    return mismatch(detail);
  }
  return Status::Ok();
}

}  // namespace

Status ValidateModule(Module& module) {
  TENON_TRY(ModuleValidator(module).Validate());
  FunctionValidator functions(module);
  for (std::size_t i = module.imported_functions; i < module.functions.size(); ++i) {
    TENON_TRY(functions.Validate(static_cast<std::uint32_t>(i)));
  }
  module.features = functions.features();
  for (const std::uint32_t index : functions.data_segments())
    module.data_segments[index].named_by_code = true;
  NoteFeatures(module, module.features);
  module.uses_tail_calls = functions.uses_tail_calls();
  module.uses_exceptions = functions.uses_exceptions() || !module.tags.empty();
  return FoldConstants(module);
}

}  // namespace tenon::wasm
