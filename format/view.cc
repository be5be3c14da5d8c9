// The checked view: the reader's only gate. Everything that loader and runtime
// take from a file for granted is checked here, once; afterwards a wrong byte can
// change what a program computes but not make the reader leave the file.
//
// Invariants: no allocation; time linear in the checked sections, also for
// hostile files (ranges into shared arrays are bounded in their sum); counts are
// compared in 64 bits without sums that could wrap.
#include "format/view.h"

#include <cstring>

#include "format/abi.h"

namespace tenon::container {
namespace {

using std::uint32_t;
using std::uint64_t;

constexpr uint32_t kHighestSectionNumber = 26;
constexpr uint64_t kMaximumContextSize = uint64_t{1} << 30;
constexpr uint64_t kNoMaximum = ~uint64_t{0};
// Constant expressions nest at most this deep; the evaluator's stack is this large.
constexpr uint32_t kMaximumConstantDepth = 64;

struct SectionTraits {
  const char* name = nullptr;
  uint64_t element_size = 1;
  bool checksummed = false;
};

SectionTraits TraitsOf(SectionId id) {
  switch (id) {
#define TENON_SECTION(enumerator, number, element, checksummed, name) \
  case SectionId::enumerator: return {name, sizeof(element), checksummed};
    TENON_SECTIONS(TENON_SECTION)
#undef TENON_SECTION
  }
  return {};
}

// Whether [first, first + count) lies in [0, size).
constexpr bool Fits(uint64_t first, uint64_t count, uint64_t size) {
  return count <= size && first <= size - count;
}

// `types`: how many types the file has; the references' indices are below it.
bool IsKnown(ValueType type, uint64_t types) {
  switch (type) {
    case ValueType::kI32:
    case ValueType::kI64:
    case ValueType::kF32:
    case ValueType::kF64:
    case ValueType::kV128: return true;
    default: break;
  }
  if (!IsReference(type)) return false;
  const HeapType heap = HeapTypeOf(type);
  return IsAbstract(heap) ? IsReference(ReferenceTo(heap, /*nullable=*/true)) : heap < types;
}

// Whether a word that is an `a` may stand where a `b` belongs, as far as memory safety goes.
bool SameKind(ValueType a, ValueType b) {
  if (!IsReference(a) || !IsReference(b)) return IsReference(a) == IsReference(b);
  const auto kind = [](ValueType type) {
    if (IsFunctionReference(type)) return kFuncHeap;
    const HeapType heap = HeapTypeOf(type);
    return heap == kNoExternHeap ? kExternHeap : heap == kNoExnHeap ? kExnHeap : heap;
  };
  return kind(a) == kind(b);
}

// Whether an offset is neither kNone nor in [first, first + size). A file has thousands: the loop
// has no exit but its end, and a function, and so the registers, of its own.
[[gnu::noinline]] bool AnyOutside(std::span<const uint32_t> offsets, uint32_t first,
                                  uint32_t size) {
  uint64_t needed = 0;  // what lies below `first` is far above after wrapping
  for (const uint32_t offset : offsets) {
    const uint64_t own = offset == kNone ? 0 : uint64_t{offset - first} + 1;
    needed = own > needed ? own : needed;
  }
  return needed > size;
}

// Checks the contents of the checksummed sections, after the section table is known to be sound.
class Checker {
 public:
  explicit Checker(const View& view)
      : view_(view),
        info_(view.info()),
        types_(view.Section<TypeEntry>(SectionId::kTypes)),
        value_types_(view.Section<ValueType>(SectionId::kValueTypes)),
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
    TENON_TRY(CheckTypes());
    TENON_TRY(CheckTags());
    TENON_TRY(CheckImports());
    TENON_TRY(CheckFunctions());
    TENON_TRY(CheckExports());
    TENON_TRY(CheckGlobals());
    TENON_TRY(CheckMemories());
    TENON_TRY(CheckTables());
    TENON_TRY(CheckElements());
    TENON_TRY(CheckData());
    TENON_TRY(CheckVariants());
    return CheckInfo();
  }

 private:
  static Error Bad(const char* section, std::size_t index, const char* what) {
    return Error::Format("malformed file: section \"%s\", element %zu: %s", section, index, what);
  }

  bool StringFits(StringRef reference) const {
    return Fits(reference.offset, reference.length, view_.RawSection(SectionId::kStrings).size());
  }

  Status CheckTypes() const {
    for (std::size_t i = 0; i < value_types_.size(); ++i) {
      if (!IsKnown(value_types_[i], types_.size())) {
        return Error::Format(
            "malformed file: section \"value types\", element %zu: unknown value type 0x%X", i,
            static_cast<unsigned>(value_types_[i]));
      }
    }
    for (std::size_t i = 0; i < types_.size(); ++i) {
      const TypeEntry& type = types_[i];
      const uint64_t count = uint64_t{type.parameter_count} + type.result_count;
      if (!Fits(type.first_value, count, value_types_.size()))
        return Bad("types", i, "its value types lie outside of their section");
      if (type.kind != TypeKind::kFunction) return Bad("types", i, "unknown kind");
      const bool first_of_group = type.group_first == i;
      if (first_of_group ? !Fits(i, type.group_size, types_.size()) || type.group_size == 0
                         : i == 0 || type.group_first != types_[i - 1].group_first ||
                               type.group_size != types_[i - 1].group_size ||
                               i - type.group_first >= type.group_size) {
        return Bad("types", i, "its recursive group is not a run of types");
      }
      if (type.is_final > 1) return Bad("types", i, "finality is neither 0 nor 1");
      if (type.supertype != kNone && type.supertype >= i)
        return Bad("types", i, "its supertype does not stand before it");
      const ValueType* first = value_types_.data() + type.first_value;
      for (uint64_t k = 0; k < count; ++k) {
        if (IsConcreteReference(first[k]) &&
            HeapTypeOf(first[k]) >= uint64_t{type.group_first} + type.group_size) {
          return Bad("types", i, "it refers to a type behind its group");
        }
      }
      const bool packs = type.group_size == 1 && type.is_final == 1 && type.supertype == kNone;
      if (type.key != (packs ? abi::TypeKey(first, type.parameter_count,
                                            first + type.parameter_count, type.result_count)
                             : abi::kInternedBit)) {
        return Bad("types", i, "the key does not belong to the type");
      }
    }
    return Status::Ok();
  }

  Status CheckLimits(const char* section, std::size_t index, const LimitsEntry& limits,
                     bool is_memory) const {
    const bool is_64 = (limits.flags & kLimits64) != 0;
    const bool is_shared = (limits.flags & kLimitsShared) != 0;
    if ((limits.flags & ~uint32_t{kLimits64 | kLimitsShared}) != 0 || (is_shared && !is_memory))
      return Bad(section, index, "unknown flags of limits");
    if (is_memory ? limits.page_size_log2 != 16 && limits.page_size_log2 != 0
                  : limits.page_size_log2 != 0)
      return Bad(section, index, "unknown page size");
    const uint64_t bytes = is_64 ? ~uint64_t{0} : uint64_t{0xFFFFFFFF};
    const uint64_t bound =
        limits.page_size_log2 == 0 ? bytes : (bytes >> limits.page_size_log2) + 1;
    if (limits.minimum > bound)
      return Bad(section, index, "its minimum exceeds what has addresses");
    if (limits.maximum == kNoMaximum) return Status::Ok();
    if (limits.maximum > bound)
      return Bad(section, index, "its maximum exceeds what has addresses");
    if (limits.minimum > limits.maximum) return Bad(section, index, "minimum exceeds maximum");
    return Status::Ok();
  }

  Status CheckTags() const {
    for (std::size_t i = 0; i < tags_.size(); ++i) {
      if (tags_[i].type_index >= types_.size() || types_[tags_[i].type_index].result_count != 0)
        return Bad("tags", i, "its type is out of range or has results");
    }
    return Status::Ok();
  }

  Status CheckImports() const {
    uint64_t functions = 0, tables = 0, memories = 0, globals = 0, tags = 0;
    for (std::size_t i = 0; i < imports_.size(); ++i) {
      const ImportEntry& entry = imports_[i];
      if (!StringFits(entry.module) || !StringFits(entry.name))
        return Bad("imports", i, "its name lies outside of the strings");
      switch (entry.kind) {
        case ExternKind::kFunction:
          if (entry.type >= types_.size()) return Bad("imports", i, "type index out of range");
          ++functions;
          break;
        case ExternKind::kTable:
          TENON_TRY(CheckLimits("imports", i, entry.limits, false));
          if (tables >= tables_.size() ||
              static_cast<ValueType>(entry.type) != tables_[tables].element_type) {
            return Bad("imports", i, "it disagrees with section \"tables\"");
          }
          ++tables;
          break;
        case ExternKind::kMemory:
          TENON_TRY(CheckLimits("imports", i, entry.limits, true));
          ++memories;
          break;
        case ExternKind::kGlobal:
          if (globals >= globals_.size() ||
              static_cast<ValueType>(entry.type) != globals_[globals].type ||
              entry.is_mutable != globals_[globals].is_mutable) {
            return Bad("imports", i, "it disagrees with section \"globals\"");
          }
          ++globals;
          break;
        case ExternKind::kTag:
          if (tags >= tags_.size() || entry.type != tags_[tags].type_index)
            return Bad("imports", i, "it disagrees with section \"tags\"");
          ++tags;
          break;
        default: return Bad("imports", i, "unknown kind");
      }
    }
    if (functions != info_.imported_functions || tables != info_.imported_tables ||
        memories != info_.imported_memories || globals != info_.imported_globals ||
        tags != info_.imported_tags) {
      return Error::Format(
          "malformed file: the numbers of imports in section \"module\" disagree with section "
          "\"imports\"");
    }
    if (functions > info_.function_count || memories > memories_.size()) {
      return Error::Format("malformed file: more imports than functions or memories in all");
    }
    return Status::Ok();
  }

  Status CheckFunctions() const {
    std::size_t import = 0;  // walks along: both lists ascend
    uint64_t import_function = 0;
    for (std::size_t i = 0; i < functions_.size(); ++i) {
      const ReferencedFunctionEntry& entry = functions_[i];
      if (entry.function_index >= info_.function_count)
        return Bad("functions", i, "function index out of range");
      if (i != 0 && entry.function_index <= functions_[i - 1].function_index)
        return Bad("functions", i, "not in ascending order");
      if (entry.type_index >= types_.size()) return Bad("functions", i, "type index out of range");
      if (entry.function_index >= info_.imported_functions) continue;
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
      if (!StringFits(entry.name)) return Bad("exports", i, "its name lies outside of the strings");
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
    // Strictly ascending names are distinct entries: with equal counts, a permutation.
    for (std::size_t i = 0; i < by_name.size(); ++i) {
      if (by_name[i] >= exports_.size()) return Bad("exports by name", i, "index out of range");
      if (i != 0 &&
          view_.String(exports_[by_name[i - 1]].name) >= view_.String(exports_[by_name[i]].name)) {
        return Bad("exports by name", i, "not in ascending order of distinct names");
      }
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
    // kI32 stands for all bits that a plain constant can be: kConst has no type of its own.
    // References are compared by kind alone (functions, exceptions, the host's): which function
    // types they have only decides what code may call them as.
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

  Status CheckMemories() const {
    const auto image = view_.RawSection(SectionId::kMemoryImage);
    const uint64_t image_start = static_cast<uint64_t>(image.data() - view_.bytes().data());
    for (std::size_t i = 0; i < memories_.size(); ++i) {
      const MemoryEntry& entry = memories_[i];
      TENON_TRY(CheckLimits("memories", i, entry.limits, true));
      if (entry.image_size == 0) continue;
      if (i < info_.imported_memories) return Bad("memories", i, "an imported memory has an image");
      if (entry.image_address % kSegmentAlignment != 0 ||
          entry.image_offset % kSegmentAlignment != 0) {
        return Bad("memories", i, "its image is not page aligned");
      }
      if (entry.image_offset < image_start ||
          !Fits(entry.image_offset - image_start, entry.image_size, image.size())) {
        return Bad("memories", i, "its image lies outside of section \"memory image\"");
      }
      if (entry.limits.page_size_log2 != 16 || entry.limits.minimum > 0xFFFFFFFF ||
          !Fits(entry.image_address, entry.image_size, entry.limits.minimum * abi::kPageSize)) {
        return Bad("memories", i, "its image exceeds its minimum size");
      }
    }
    return Status::Ok();
  }

  Status CheckTables() {
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      const TableEntry& entry = tables_[i];
      if (!IsReference(entry.element_type) || !IsKnown(entry.element_type, types_.size()))
        return Bad("tables", i, "the element type is no reference type");
      TENON_TRY(CheckLimits("tables", i, entry.limits, false));
      if (entry.initializer.count == 0) continue;
      if (i < info_.imported_tables)
        return Bad("tables", i, "an imported table has an initializer");
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
      for (const ElementItem& item : items.subspan(segment.first_item, segment.item_count)) {
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
      if (segment.mode > 1 || segment.in_image > 1) return Bad("data segments", i, "unknown mode");
      if (!Fits(segment.bytes_offset, segment.bytes_size, size))
        return Bad("data segments", i, "its bytes lie outside of section \"data bytes\"");
      if (segment.mode != 0) continue;
      if (segment.memory_index >= memories_.size())
        return Bad("data segments", i, "memory index out of range");
      if (segment.in_image != 0 && segment.offset.count == 0) continue;
      TENON_TRY(
          CheckConstant("data segments", i, segment.offset, ValueType::kI32, globals_.size()));
    }
    return Status::Ok();
  }

  Status CheckInfo() const {
    if (!StringFits(info_.name) || !StringFits(info_.producer))
      return Bad("module", 0, "a name lies outside of the strings");
    if (info_.context_size > kMaximumContextSize) {
      return Error::Format("malformed file: an instance of %u bytes; at most %llu are accepted",
                           info_.context_size,
                           static_cast<unsigned long long>(kMaximumContextSize));
    }
    struct Part {
      const char* name;
      uint64_t offset, count, element_size, alignment;
    };
    const Part parts[] = {
        {"memories", info_.memories_offset, memories_.size() - info_.imported_memories,
         sizeof(abi::MemoryInstance), 8},
        {"tables", info_.tables_offset, tables_.size() - info_.imported_tables,
         sizeof(abi::TableInstance), 8},
        {"memory pointers", info_.memory_pointers_offset, memories_.size(), 8, 8},
        {"table pointers", info_.table_pointers_offset, tables_.size(), 8, 8},
        {"function imports", info_.function_imports_offset, info_.imported_functions, 8, 8},
        {"global pointers", info_.global_pointers_offset, info_.imported_globals, 8, 8},
        {"globals", info_.globals_offset, globals_.size() - info_.imported_globals, 16, 16},
        {"funcrefs", info_.funcrefs_offset, functions_.size(), view_.funcref_size(), 8},
        {"tag pointers", info_.tag_pointers_offset, tags_.size(), 8, 8},
        {"tags", info_.tags_offset, tags_.size() - info_.imported_tags, sizeof(abi::TagInstance),
         8},
    };
    uint64_t position = sizeof(abi::VmContext);
    for (const Part& part : parts) {
      // Sections lie in memory, so count * element_size stays far below 2^64.
      const uint64_t size = part.count * part.element_size;
      if (part.offset % part.alignment != 0 || part.offset < position ||
          !Fits(part.offset, size, info_.context_size)) {
        return Error::Format(
            "malformed file: the instance layout's part \"%s\" at %llu (%llu bytes) is misaligned, "
            "overlaps the part before or exceeds the %u bytes in all",
            part.name, static_cast<unsigned long long>(part.offset),
            static_cast<unsigned long long>(size), info_.context_size);
      }
      position = part.offset + size;
    }
    return Status::Ok();
  }

  Status CheckVariants() const {
    const auto variants = view_.Section<VariantEntry>(SectionId::kVariants);
    const auto offsets = view_.Section<uint32_t>(SectionId::kCodeOffsets);
    const auto images = view_.RawSection(SectionId::kCodeImages);
    const uint64_t images_start = static_cast<uint64_t>(images.data() - view_.bytes().data());
    const uint64_t per_variant = CodeOffsetsPerVariant(functions_.size(), types_.size());
    if (variants.empty()) return Error::Format("malformed file: it has no code variant");
    uint64_t offsets_left = offsets.size();
    for (std::size_t i = 0; i < variants.size(); ++i) {
      const VariantEntry& variant = variants[i];
      if (variant.bounds_checks != BoundsChecks::kGuard &&
          variant.bounds_checks != BoundsChecks::kExplicit) {
        return Bad("variants", i, "unknown bounds-check mode");
      }
      if (variant.function_traits != variants[0].function_traits)
        return Bad("variants", i, "its functions have other traits than those of the first");
      if (!StringFits(variant.cpu))
        return Bad("variants", i, "its CPU name lies outside of the strings");
      if (variant.image_offset % kSegmentAlignment != 0 ||
          variant.text_offset % kSegmentAlignment != 0) {
        return Bad("variants", i, "its image or text is not page aligned");
      }
      if (variant.image_offset < images_start ||
          !Fits(variant.image_offset - images_start, variant.image_size, images.size())) {
        return Bad("variants", i, "its image lies outside of section \"code\"");
      }
      if (variant.image_size >= kNone)
        return Bad("variants", i, "its image has no offsets of 32 bits");
      if (!Fits(variant.text_offset, variant.text_size, variant.image_size))
        return Bad("variants", i, "its text lies outside of its image");
      if (!Fits(variant.code_offsets_first, per_variant, offsets.size()) ||
          per_variant > offsets_left) {
        return Bad("variants", i, "its code offsets lie outside of their section or overlap");
      }
      offsets_left -= per_variant;
      if (AnyOutside(offsets.subspan(variant.code_offsets_first, per_variant),
                     static_cast<uint32_t>(variant.text_offset),
                     static_cast<uint32_t>(variant.text_size))) {
        return Bad("variants", i, "a code offset lies outside of its text");
      }
    }
    return Status::Ok();
  }

  const View& view_;
  const ModuleInfo& info_;
  std::span<const TypeEntry> types_;
  std::span<const ValueType> value_types_;
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

Result<View> View::Open(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < 4) return Error::Format("not a Tenon file: only %zu bytes", bytes.size());
  if (std::memcmp(bytes.data(), "\0aot", 4) == 0) {
    return Error::Format(
        "this is an .aot file of WAMR (wamrc), not of Tenon: compile the .wasm with tenonc");
  }
  if (std::memcmp(bytes.data(), "\0asm", 4) == 0) {
    return Error::Format(
        "this is a WebAssembly module, not compiled code: compile it with tenonc first");
  }
  if (bytes.size() < sizeof kMagic ? std::memcmp(bytes.data(), kMagic, bytes.size()) != 0
                                   : std::memcmp(bytes.data(), kMagic, sizeof kMagic) != 0) {
    return Error::Format("not a Tenon file: the first bytes are not those of a Tenon .aot");
  }
  if (bytes.size() < kSectionTableOffset) {
    return Error::Format("truncated file: %zu bytes are less than a header", bytes.size());
  }
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % 8 != 0)
    return Error::Format("the buffer is not aligned to 8 bytes");

  View view;
  view.bytes_ = bytes;
  const Header& header = view.header();
  if (header.format_version != kFormatVersion) {
    return Error::Format("the file has format version %u, this runtime reads version %u",
                         header.format_version, kFormatVersion);
  }
  if (header.abi_version != abi::kAbiVersion) {
    return Error::Format("the file's code has ABI version %u, this runtime has version %u",
                         header.abi_version, abi::kAbiVersion);
  }
  if (header.file_size > bytes.size()) {
    return Error::Format("truncated file: %zu bytes of %llu", bytes.size(),
                         static_cast<unsigned long long>(header.file_size));
  }
  if (header.file_size < kSectionTableOffset)
    return Error::Format("malformed file: it claims a size below its header's");
  view.bytes_ = bytes.first(header.file_size);  // a buffer may be larger
  if (header.section_count > (header.file_size - kSectionTableOffset) / sizeof(SectionEntry)) {
    return Error::Format("malformed file: %u sections do not fit into %llu bytes",
                         header.section_count, static_cast<unsigned long long>(header.file_size));
  }
  const std::span<const SectionEntry> sections = view.sections();
  const uint64_t checksum = Checksum(sections.data(), sections.size_bytes());
  if (checksum != header.checksum) {
    return Error::Format(
        "damaged file: the section table's checksum is %016llx, the header says %016llx",
        static_cast<unsigned long long>(checksum),
        static_cast<unsigned long long>(header.checksum));
  }

  uint64_t position = kSectionTableOffset + sections.size_bytes();
  uint32_t seen = 0;
  for (const SectionEntry& section : sections) {
    const uint32_t number = static_cast<uint32_t>(section.id);
    const SectionTraits traits = TraitsOf(section.id);
    if (traits.name == nullptr || number > kHighestSectionNumber)
      return Error::Format("malformed file: unknown section %u", number);
    if ((seen >> number & 1) != 0)
      return Error::Format("malformed file: section \"%s\" occurs twice", traits.name);
    seen |= uint32_t{1} << number;
    const bool segment =
        section.id == SectionId::kMemoryImage || section.id == SectionId::kCodeImages;
    if (section.offset % (segment ? kSegmentAlignment : 16) != 0)
      return Error::Format("malformed file: section \"%s\" is not aligned", traits.name);
    if (section.offset < position)
      return Error::Format("malformed file: section \"%s\" overlaps what lies before it",
                           traits.name);
    if (!Fits(section.offset, section.size, view.bytes_.size()))
      return Error::Format("malformed file: section \"%s\" reaches beyond the file's end",
                           traits.name);
    if (section.size % traits.element_size != 0) {
      return Error::Format("malformed file: section \"%s\" has %llu bytes, no multiple of %llu",
                           traits.name, static_cast<unsigned long long>(section.size),
                           static_cast<unsigned long long>(traits.element_size));
    }
    if (traits.checksummed) {
      const uint64_t actual = Checksum(view.bytes_.data() + section.offset, section.size);
      if (actual != section.checksum) {
        return Error::Format(
            "damaged file: section \"%s\" has checksum %016llx, the table says %016llx",
            traits.name, static_cast<unsigned long long>(actual),
            static_cast<unsigned long long>(section.checksum));
      }
    }
    view.places_[number] = static_cast<std::uint8_t>(&section - sections.data() + 1);
    position = section.offset + section.size;
  }
  if (view.Section<ModuleInfo>(SectionId::kModuleInfo).size() != 1) {
    return Error::Format("malformed file: section \"module\" is not one element");
  }
  TENON_TRY(Checker(view).Check());
  return view;
}

std::span<const SectionEntry> View::sections() const {
  return {reinterpret_cast<const SectionEntry*>(bytes_.data() + kSectionTableOffset),
          header().section_count};
}

std::string_view View::String(StringRef reference) const {
  return {reinterpret_cast<const char*>(RawSection(SectionId::kStrings).data()) + reference.offset,
          reference.length};
}

std::span<const ValueType> View::Parameters(const TypeEntry& type) const {
  return Section<ValueType>(SectionId::kValueTypes).subspan(type.first_value, type.parameter_count);
}

std::span<const ValueType> View::Results(const TypeEntry& type) const {
  return Section<ValueType>(SectionId::kValueTypes)
      .subspan(uint64_t{type.first_value} + type.parameter_count, type.result_count);
}

std::size_t View::funcref_size() const {
  constexpr std::uint32_t kWrapped = abi::kTraitTailConvention | abi::kTraitThrows;
  const auto functions = Section<ReferencedFunctionEntry>(SectionId::kReferencedFunctions);
  const std::uint32_t traits = Section<VariantEntry>(SectionId::kVariants)[0].function_traits;
  return abi::FuncRefSize(
      (traits & kWrapped) != 0,
      !functions.empty() && functions[0].function_index < info().imported_functions);
}

const TypeEntry& View::TypeOfReferenced(std::uint32_t referenced_function) const {
  const auto& function =
      Section<ReferencedFunctionEntry>(SectionId::kReferencedFunctions)[referenced_function];
  return Section<TypeEntry>(SectionId::kTypes)[function.type_index];
}

const ExportEntry* View::FindExport(std::string_view name) const {
  const auto by_name = Section<std::uint32_t>(SectionId::kExportsByName);
  const auto exports = Section<ExportEntry>(SectionId::kExports);
  std::size_t low = 0, high = by_name.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    const ExportEntry& entry = exports[by_name[middle]];
    const int order = String(entry.name).compare(name);
    if (order == 0) return &entry;
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return nullptr;
}

std::string_view View::FunctionName(std::uint32_t function_index) const {
  const auto names = Section<StringRef>(SectionId::kFunctionNames);
  const auto strings = RawSection(SectionId::kNameStrings);
  if (function_index >= names.size()) return {};
  const StringRef reference = names[function_index];
  if (!Fits(reference.offset, reference.length, strings.size())) return {};
  return {reinterpret_cast<const char*>(strings.data()) + reference.offset, reference.length};
}

const CodeRangeEntry* View::CodeRangeAt(const VariantEntry& variant,
                                        std::uint64_t image_offset) const {
  const auto all = Section<CodeRangeEntry>(SectionId::kCodeRanges);
  if (!Fits(variant.code_ranges_first, variant.code_ranges_count, all.size())) return nullptr;
  const auto ranges = all.subspan(variant.code_ranges_first, variant.code_ranges_count);
  std::size_t low = 0, high = ranges.size();  // the last range that starts at or below image_offset
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (ranges[middle].image_offset <= image_offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low == 0 ? nullptr : &ranges[low - 1];
}

std::uint32_t View::FunctionAt(const VariantEntry& variant, std::uint64_t image_offset) const {
  const CodeRangeEntry* const range = CodeRangeAt(variant, image_offset);
  return range == nullptr ? kNone : range->function_index;
}

std::optional<UnwindRow> View::UnwindAt(const VariantEntry& variant,
                                        std::uint64_t image_offset) const {
  const CodeRangeEntry* const range = CodeRangeAt(variant, image_offset);
  const auto all = RawSection(SectionId::kUnwindRows);
  if (range == nullptr || range->unwind_rows >= variant.unwind_rows_size ||
      !Fits(variant.unwind_rows_first, variant.unwind_rows_size, all.size())) {
    return std::nullopt;
  }
  const auto own = all.subspan(variant.unwind_rows_first, variant.unwind_rows_size);
  return FindUnwindRow(own.subspan(range->unwind_rows), image_offset - range->image_offset);
}

}  // namespace tenon::container
