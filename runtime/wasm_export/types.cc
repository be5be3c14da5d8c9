// Types of functions, globals, memories and tables, and what a module imports and exports.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <limits>

#include "loader/type_registry.h"
#include "runtime/wasm_export/handles.h"

namespace tenon::runtime {
namespace {

using container::SectionId;

std::uint32_t Clamp(std::uint64_t value) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(value, 0xFFFFFFFF));
}

// Conversions between the container's entries and the interface's handles.
const container::GlobalEntry& GlobalOf(wasm_global_type_t type) {
  return *reinterpret_cast<const container::GlobalEntry*>(type);
}
const container::MemoryEntry& MemoryEntryOf(wasm_memory_type_t type) {
  return *reinterpret_cast<const container::MemoryEntry*>(type);
}
const container::TableEntry& TableOf(wasm_table_type_t type) {
  return *reinterpret_cast<const container::TableEntry*>(type);
}
Signature SignatureOf(wasm_func_type_t type) {
  return Signature(*reinterpret_cast<const std::uint64_t*>(type));
}

template <typename Handle, typename T>
Handle AsHandle(const T* entry) {
  return reinterpret_cast<Handle>(const_cast<T*>(entry));
}

template <typename Description>
bool Describe(const ModuleHandle* module, ExternKind kind, std::uint32_t index,
              std::uint32_t type_index, Description* result) {
  const container::View& view = module->view();
  switch (kind) {
    case ExternKind::kFunction:
      result->kind = WASM_IMPORT_EXPORT_KIND_FUNC;
      result->u.func_type = AsHandle<wasm_func_type_t>(module->mapped->type_keys() + type_index);
      return true;
    case ExternKind::kTable:
      result->kind = WASM_IMPORT_EXPORT_KIND_TABLE;
      result->u.table_type = AsHandle<wasm_table_type_t>(
          &view.Section<container::TableEntry>(SectionId::kTables)[index]);
      return true;
    case ExternKind::kMemory:
      result->kind = WASM_IMPORT_EXPORT_KIND_MEMORY;
      result->u.memory_type = AsHandle<wasm_memory_type_t>(
          &view.Section<container::MemoryEntry>(SectionId::kMemories)[index]);
      return true;
    case ExternKind::kGlobal:
      result->kind = WASM_IMPORT_EXPORT_KIND_GLOBAL;
      result->u.global_type = AsHandle<wasm_global_type_t>(
          &view.Section<container::GlobalEntry>(SectionId::kGlobals)[index]);
      return true;
    default: return false;  // the interface has no tags
  }
}

bool IsLinked(const ModuleHandle* module, const container::ImportEntry& import) {
  const container::View& view = module->view();
  const std::string_view from = view.String(import.module), name = view.String(import.name);
  if (FindRegisteredModule(from) != nullptr) return true;
  if (import.kind != ExternKind::kFunction) return false;
  Extern ignored;
  if (wasi::ResolveWasiImport(nullptr, from, name, &ignored)) return true;
  const auto& type = view.Section<container::TypeEntry>(SectionId::kTypes)[import.type];
  bool mismatch = false;
  return ResolveNative(from, name, view.Parameters(type), view.Results(type), &ignored, &mismatch);
}

}  // namespace

Signature::Signature(std::uint64_t key) : key_(key) {
  if ((key & abi::kInternedBit) == 0) {
    parameter_count_ = key & 31;
    result_count_ = key >> 5 & 31;
    return;
  }
  const loader::InternedSignature interned = loader::FindInternedType(key);
  parameter_count_ = static_cast<std::uint32_t>(interned.parameters.size());
  result_count_ = static_cast<std::uint32_t>(interned.results.size());
  parameters_ = interned.parameters.data();
  results_ = interned.results.data();
}

ValueType Signature::At(std::uint32_t i) const {
  if (parameters_ != nullptr || results_ != nullptr)
    return i < parameter_count_ ? parameters_[i] : results_[i - parameter_count_];
  switch (key_ >> (10 + 3 * i) & 7) {
    case abi::PackedValueCode(ValueType::kI32): return ValueType::kI32;
    case abi::PackedValueCode(ValueType::kI64): return ValueType::kI64;
    case abi::PackedValueCode(ValueType::kF32): return ValueType::kF32;
    case abi::PackedValueCode(ValueType::kF64): return ValueType::kF64;
    case abi::PackedValueCode(ValueType::kV128): return ValueType::kV128;
    case abi::PackedValueCode(ValueType::kFuncRef): return ValueType::kFuncRef;
    default: return ValueType::kExternRef;
  }
}

wasm_valkind_t KindOf(ValueType type) {
  switch (type) {
    case ValueType::kI32: return WASM_I32;
    case ValueType::kI64: return WASM_I64;
    case ValueType::kF32: return WASM_F32;
    case ValueType::kF64: return WASM_F64;
    case ValueType::kV128: return WASM_V128;
    case ValueType::kFuncRef: return WASM_FUNCREF;
    default: return WASM_EXTERNREF;
  }
}

const char* CText(const container::View& view, container::StringRef reference) {
  const auto strings = view.RawSection(SectionId::kStrings);
  const std::uint64_t end = std::uint64_t{reference.offset} + reference.length;
  if (end >= strings.size() || strings[end] != 0) return "";
  return reinterpret_cast<const char*>(strings.data()) + reference.offset;
}

void Report(char* buffer, std::uint32_t size, const char* text) {
  if (buffer != nullptr && size != 0) std::snprintf(buffer, size, "%s", text);
}

char* CopyText(Ledger& ledger, const char* text) {
  const std::size_t size = std::strlen(text) + 1;
  auto* const copy = static_cast<char*>(Allocate(ledger, size));
  if (copy != nullptr) std::memcpy(copy, text, size);
  return copy;
}

}  // namespace tenon::runtime

using namespace tenon;           // NOLINT: these functions translate between the two worlds
using namespace tenon::runtime;  // NOLINT

extern "C" {

int32_t wasm_runtime_get_import_count(const wasm_module_t module) {
  return static_cast<int32_t>(
      module->view().Section<container::ImportEntry>(container::SectionId::kImports).size());
}

void wasm_runtime_get_import_type(const wasm_module_t module, int32_t import_index,
                                  wasm_import_t* import_type) {
  *import_type = {};
  const container::View& view = module->view();
  const auto imports = view.Section<container::ImportEntry>(container::SectionId::kImports);
  if (import_index < 0 || static_cast<std::uint64_t>(import_index) >= imports.size()) return;
  const container::ImportEntry& import = imports[static_cast<std::size_t>(import_index)];
  std::uint32_t index = 0;  // in the index space of its kind
  for (const container::ImportEntry& earlier :
       imports.first(static_cast<std::size_t>(import_index)))
    index += earlier.kind == import.kind ? 1 : 0;
  import_type->module_name = CText(view, import.module);
  import_type->name = CText(view, import.name);
  import_type->linked = IsLinked(module, import);
  Describe(module, import.kind, index, import.type, import_type);
}

int32_t wasm_runtime_get_export_count(const wasm_module_t module) {
  if (!module->mapped->CheckBeforeUse().ok()) return 0;
  return static_cast<int32_t>(
      module->view().Section<container::ExportEntry>(container::SectionId::kExports).size());
}

void wasm_runtime_get_export_type(const wasm_module_t module, int32_t export_index,
                                  wasm_export_t* export_type) {
  *export_type = {};
  if (!module->mapped->CheckBeforeUse().ok()) return;
  const container::View& view = module->view();
  const auto exports = view.Section<container::ExportEntry>(container::SectionId::kExports);
  if (export_index < 0 || static_cast<std::uint64_t>(export_index) >= exports.size()) return;
  const container::ExportEntry& entry = exports[static_cast<std::size_t>(export_index)];
  const std::uint32_t type = entry.kind == ExternKind::kFunction
                                 ? view.Section<container::ReferencedFunctionEntry>(
                                           container::SectionId::kReferencedFunctions)[entry.index]
                                       .type_index
                                 : 0;
  export_type->name = CText(view, entry.name);
  Describe(module, entry.kind, entry.index, type, export_type);
}

uint32_t wasm_func_type_get_param_count(const wasm_func_type_t func_type) {
  return SignatureOf(func_type).parameter_count();
}
wasm_valkind_t wasm_func_type_get_param_valkind(const wasm_func_type_t func_type,
                                                uint32_t param_index) {
  const Signature signature = SignatureOf(func_type);
  return param_index < signature.parameter_count() ? KindOf(signature.parameter(param_index))
                                                   : static_cast<wasm_valkind_t>(-1);
}
uint32_t wasm_func_type_get_result_count(const wasm_func_type_t func_type) {
  return SignatureOf(func_type).result_count();
}
wasm_valkind_t wasm_func_type_get_result_valkind(const wasm_func_type_t func_type,
                                                 uint32_t result_index) {
  const Signature signature = SignatureOf(func_type);
  return result_index < signature.result_count() ? KindOf(signature.result(result_index))
                                                 : static_cast<wasm_valkind_t>(-1);
}
wasm_valkind_t wasm_global_type_get_valkind(const wasm_global_type_t global_type) {
  return KindOf(GlobalOf(global_type).type);
}
bool wasm_global_type_get_mutable(const wasm_global_type_t global_type) {
  return GlobalOf(global_type).is_mutable != 0;
}
bool wasm_memory_type_get_shared(const wasm_memory_type_t memory_type) {
  return (MemoryEntryOf(memory_type).limits.flags & container::kLimitsShared) != 0;
}
uint32_t wasm_memory_type_get_init_page_count(const wasm_memory_type_t memory_type) {
  return Clamp(MemoryEntryOf(memory_type).limits.minimum);
}
uint32_t wasm_memory_type_get_max_page_count(const wasm_memory_type_t memory_type) {
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(MemoryEntryOf(memory_type).limits.maximum, 65536));
}
wasm_valkind_t wasm_table_type_get_elem_kind(const wasm_table_type_t table_type) {
  return KindOf(TableOf(table_type).element_type);
}
bool wasm_table_type_get_shared(const wasm_table_type_t) { return false; }
uint32_t wasm_table_type_get_init_size(const wasm_table_type_t table_type) {
  return Clamp(TableOf(table_type).limits.minimum);
}
uint32_t wasm_table_type_get_max_size(const wasm_table_type_t table_type) {
  return Clamp(TableOf(table_type).limits.maximum);
}

uint32_t wasm_func_get_param_count(const wasm_function_inst_t func_inst, const wasm_module_inst_t) {
  return Signature(static_cast<const abi::FuncRef*>(func_inst)->type_key).parameter_count();
}
uint32_t wasm_func_get_result_count(const wasm_function_inst_t func_inst,
                                    const wasm_module_inst_t) {
  return Signature(static_cast<const abi::FuncRef*>(func_inst)->type_key).result_count();
}
void wasm_func_get_param_types(const wasm_function_inst_t func_inst, const wasm_module_inst_t,
                               wasm_valkind_t* param_types) {
  const Signature signature(static_cast<const abi::FuncRef*>(func_inst)->type_key);
  for (std::uint32_t i = 0; i < signature.parameter_count(); ++i)
    param_types[i] = KindOf(signature.parameter(i));
}
void wasm_func_get_result_types(const wasm_function_inst_t func_inst, const wasm_module_inst_t,
                                wasm_valkind_t* result_types) {
  const Signature signature(static_cast<const abi::FuncRef*>(func_inst)->type_key);
  for (std::uint32_t i = 0; i < signature.result_count(); ++i)
    result_types[i] = KindOf(signature.result(i));
}

}  // extern "C"
