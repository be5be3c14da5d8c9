#include "compiler/wasm/features.h"

#include "compiler/wasm/instruction.h"
#include "compiler/wasm/module.h"
#include "compiler/wasm/opcode_info.h"

namespace tenon::wasm {
namespace {

constexpr WasmFeature FeatureOfCode(std::uint32_t code) {
  if (code >= 0xFE'000) return WasmFeature::kThreads;
  if (code >= 0xFD'100) return WasmFeature::kRelaxedSimd;
  if (code >= 0xFD'000) return WasmFeature::kSimd;
  if (code >= 0xFC'013) return WasmFeature::kWideArithmetic;
  if (code >= 0xFC'00F) return WasmFeature::kReferenceTypes;
  if (code >= 0xFC'008) return WasmFeature::kBulkMemory;
  if (code >= 0xFC'000) return WasmFeature::kSaturatingConversions;
  switch (code) {
    case 0x06:
    case 0x07:
    case 0x09:
    case 0x18:
    case 0x19: return WasmFeature::kLegacyExceptions;
    case 0x08:
    case 0x0A:
    case 0x1F: return WasmFeature::kExceptions;
    case 0x12:
    case 0x13:
    case 0x15: return WasmFeature::kTailCall;
    case 0x14:
    case 0xD4:
    case 0xD5:
    case 0xD6: return WasmFeature::kFunctionReferences;
    case 0x1C:
    case 0x25:
    case 0x26:
    case 0xD0:
    case 0xD1:
    case 0xD2: return WasmFeature::kReferenceTypes;
    case 0xC0:
    case 0xC1:
    case 0xC2:
    case 0xC3:
    case 0xC4: return WasmFeature::kSignExtension;
    default: return WasmFeature::kCount;
  }
}

constexpr WasmFeature kFeatures[] = {
#define TENON_OPCODE(enumerator, code, ...) FeatureOfCode(code),
#include "compiler/wasm/opcodes.def"
#undef TENON_OPCODE
};

void NoteType(ValueType type, std::uint32_t offset, FeatureUse& use) {
  if (type == ValueType::kV128) use.Note(WasmFeature::kSimd, "v128", offset);
  if (!IsReference(type)) return;
  if (!IsNullable(type) || IsConcreteReference(type)) {
    use.Note(WasmFeature::kFunctionReferences, "(ref ...)", offset);
  } else if (HeapTypeOf(type) == kExnHeap) {
    use.Note(WasmFeature::kExceptions, "exnref", offset);
  } else {
    use.Note(WasmFeature::kReferenceTypes, ValueTypeName(type), offset);
  }
}

void NoteConstant(const ConstantExpression& expression, std::uint32_t offset, FeatureUse& use) {
  if (expression.size() > 1)
    use.Note(WasmFeature::kExtendedConst, "arithmetic in a constant expression", offset);
}

void NoteLimits(const Limits& limits, std::uint32_t offset, FeatureUse& use) {
  if (limits.is_64) use.Note(WasmFeature::kMemory64, "a 64-bit memory or table", offset);
  if (limits.shared) use.Note(WasmFeature::kThreads, "a shared memory", offset);
  if (limits.page_size_log2 != 16)
    use.Note(WasmFeature::kCustomPageSizes, "a memory with small pages", offset);
}

void NoteTypes(const Module& module, FeatureUse& use) {
  for (std::size_t i = 0; i < module.types.size(); ++i) {
    const TypeDeclaration& declaration = module.type_declarations[i];
    if (declaration.group_size != 1 || declaration.supertype || !declaration.is_final)
      use.Note(WasmFeature::kTypeGroups, "a recursive group or supertype", declaration.offset);
    if (module.types[i].results.size() > 1)
      use.Note(WasmFeature::kMultiValue, "a type with several results", declaration.offset);
    for (const auto* types : {&module.types[i].parameters, &module.types[i].results}) {
      for (const ValueType type : *types) NoteType(type, declaration.offset, use);
    }
  }
}

void NoteGlobals(const Module& module, FeatureUse& use) {
  for (const Global& global : module.globals) {
    NoteType(global.type, global.offset, use);
    NoteConstant(global.initializer, global.offset, use);
    if (global.imported && global.is_mutable)
      use.Note(WasmFeature::kMutableGlobals, "an imported mutable global", global.offset);
  }
  for (const Export& item : module.exports) {
    if (item.kind == ExternKind::kGlobal && module.globals[item.index].is_mutable)
      use.Note(WasmFeature::kMutableGlobals, "an exported mutable global", item.offset);
  }
}

}  // namespace

WasmFeature FeatureOf(Opcode opcode) { return kFeatures[static_cast<std::size_t>(opcode)]; }

void FeatureUse::Add(const FeatureUse& other) {
  for (std::size_t i = 0; i < first_.size(); ++i) {
    const auto feature = static_cast<WasmFeature>(i);
    if (other.Uses(feature)) Note(feature, other.first_[i].what, other.first_[i].offset);
  }
}

Status FeatureUse::Refuse(std::uint64_t disabled) const {
  for (std::size_t i = 0; i < first_.size(); ++i) {
    const auto feature = static_cast<WasmFeature>(i);
    if (!Uses(feature) || (disabled & Bit(feature)) == 0) continue;
    return Error::Format(
        "%s needs the feature %s, which is disabled (--disable-%s), at byte offset "
        "0x%x",
        first_[i].what, container::WasmFeatureName(feature), container::WasmFeatureName(feature),
        first_[i].offset);
  }
  return Status::Ok();
}

void NoteFeatures(const Module& module, FeatureUse& use) {
  NoteTypes(module, use);
  NoteGlobals(module, use);
  for (std::size_t i = 0; i < module.tables.size(); ++i) {
    const Table& table = module.tables[i];
    if (i != 0) use.Note(WasmFeature::kReferenceTypes, "a second table", table.offset);
    if (table.element_type != ValueType::kFuncRef) NoteType(table.element_type, table.offset, use);
    if (!table.initializer.empty())
      use.Note(WasmFeature::kFunctionReferences, "a table's initializer", table.offset);
    NoteLimits(table.limits, table.offset, use);
  }
  for (std::size_t i = 0; i < module.memories.size(); ++i) {
    if (i != 0) use.Note(WasmFeature::kMultiMemory, "a second memory", module.memories[i].offset);
    NoteLimits(module.memories[i].limits, module.memories[i].offset, use);
  }
  for (const Tag& tag : module.tags) use.Note(WasmFeature::kExceptions, "a tag", tag.offset);
  for (const DataSegment& segment : module.data_segments) {
    if (segment.mode != SegmentMode::kActive)
      use.Note(WasmFeature::kBulkMemory, "a passive data segment", segment.file_offset);
    NoteConstant(segment.offset, segment.file_offset, use);
  }
  for (const ElementSegment& segment : module.element_segments) {
    if (segment.mode != SegmentMode::kActive)
      use.Note(WasmFeature::kBulkMemory, "a passive element segment", segment.file_offset);
    NoteConstant(segment.offset, segment.file_offset, use);
  }
}

}  // namespace tenon::wasm
