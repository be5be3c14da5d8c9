// Checks variants, types and index spaces: what a reader looks at without an instance. These
// sections have a few elements each, however large the code is.
#include "format/abi.h"
#include "format/check.h"

namespace tenon::container {
namespace {

using std::uint32_t;
using std::uint64_t;

constexpr uint64_t kMaximumContextSize = uint64_t{1} << 30;
constexpr uint64_t kNoMaximum = ~uint64_t{0};

class Checker {
 public:
  explicit Checker(const View& view)
      : view_(view),
        info_(view.info()),
        types_(view.Section<TypeEntry>(SectionId::kTypes)),
        value_types_(view.Section<ValueType>(SectionId::kValueTypes)),
        imports_(view.Section<ImportEntry>(SectionId::kImports)),
        globals_(view.Section<GlobalEntry>(SectionId::kGlobals)),
        tags_(view.Section<TagEntry>(SectionId::kTags)),
        memories_(view.Section<MemoryEntry>(SectionId::kMemories)),
        tables_(view.Section<TableEntry>(SectionId::kTables)),
        functions_(view.Section<ReferencedFunctionEntry>(SectionId::kReferencedFunctions)) {}

  Status Check() const {
    TENON_TRY(CheckTypes());
    TENON_TRY(CheckTags());
    TENON_TRY(CheckImports());
    TENON_TRY(CheckMemories());
    TENON_TRY(CheckTables());
    TENON_TRY(CheckVariants());
    return CheckInfo();
  }

 private:
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
          return Bad("types", i, "it refers to a type after its group");
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
      if (!StringFits(view_, entry.module) || !StringFits(view_, entry.name))
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
          if (!IsKnown(static_cast<ValueType>(entry.type), types_.size()))
            return Bad("imports", i, "unknown value type");
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

  Status CheckMemories() const {
    const auto pieces = view_.Section<MemoryPieceEntry>(SectionId::kMemoryPieces);
    const auto image = view_.RawSection(SectionId::kMemoryImage);
    const uint64_t image_start = static_cast<uint64_t>(image.data() - view_.bytes().data());
    uint64_t pieces_left = pieces.size();
    for (std::size_t i = 0; i < memories_.size(); ++i) {
      const MemoryEntry& entry = memories_[i];
      TENON_TRY(CheckLimits("memories", i, entry.limits, true));
      if (entry.piece_count == 0) continue;
      if (i < info_.imported_memories) return Bad("memories", i, "an imported memory has an image");
      if (entry.limits.page_size_log2 != 16 || entry.limits.minimum > 0xFFFFFFFF)
        return Bad("memories", i, "such a memory can have no image");
      if (!Fits(entry.first_piece, entry.piece_count, pieces.size()) ||
          entry.piece_count > pieces_left) {
        return Bad("memories", i, "its pieces lie outside of their section or overlap");
      }
      pieces_left -= entry.piece_count;
      for (const MemoryPieceEntry& piece : pieces.subspan(entry.first_piece, entry.piece_count)) {
        const auto number = static_cast<std::size_t>(&piece - pieces.data());
        if ((piece.address | piece.offset | piece.size) % kSegmentAlignment != 0)
          return Bad("memory pieces", number, "it is not whole pages");
        if (piece.offset < image_start ||
            !Fits(piece.offset - image_start, piece.size, image.size())) {
          return Bad("memory pieces", number, "it lies outside of section \"memory image\"");
        }
        if (!Fits(piece.address, piece.size, entry.limits.minimum * abi::kPageSize))
          return Bad("memory pieces", number, "it exceeds its memory's minimum size");
      }
    }
    return Status::Ok();
  }

  Status CheckTables() const {
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      const TableEntry& entry = tables_[i];
      if (!IsReference(entry.element_type) || !IsKnown(entry.element_type, types_.size()))
        return Bad("tables", i, "the element type is no reference type");
      TENON_TRY(CheckLimits("tables", i, entry.limits, false));
      if (entry.initializer.count != 0 && i < info_.imported_tables)
        return Bad("tables", i, "an imported table has an initializer");
    }
    return Status::Ok();
  }

  Status CheckInfo() const {
    if (!StringFits(view_, info_.name) || !StringFits(view_, info_.producer))
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
      if (!StringFits(view_, variant.cpu))
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
    }
    return Status::Ok();
  }

  const View& view_;
  const ModuleInfo& info_;
  std::span<const TypeEntry> types_;
  std::span<const ValueType> value_types_;
  std::span<const ImportEntry> imports_;
  std::span<const GlobalEntry> globals_;
  std::span<const TagEntry> tags_;
  std::span<const MemoryEntry> memories_;
  std::span<const TableEntry> tables_;
  std::span<const ReferencedFunctionEntry> functions_;
};

}  // namespace

Status CheckAtOpen(const View& view) { return Checker(view).Check(); }

}  // namespace tenon::container
