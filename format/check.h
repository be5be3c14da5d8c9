// What view.h's two checks share. Both allocate nothing and take time linear in the sections that
// they look at, for hostile files too: the ranges that refer into a shared array are bounded in
// their sum. Counts are compared in 64 bits, without sums that could wrap around.
#pragma once

#include <cstddef>
#include <cstdint>

#include "format/container.h"
#include "format/result.h"
#include "format/view.h"

namespace tenon::container {

// What loading relies on: module, variants, types, imports, tags, memories, tables, and the sizes
// of what they refer to. The section table is known to be sound.
Status CheckAtOpen(const View& view);
// The rest of what an instance with code of `variant` relies on. CheckAtOpen has passed.
Status CheckBeforeUse(const View& view, const VariantEntry& variant);

inline Error Bad(const char* section, std::size_t index, const char* what) {
  return Error::Format("malformed file: section \"%s\", element %zu: %s", section, index, what);
}

// Whether [first, first + count) lies in [0, size).
constexpr bool Fits(std::uint64_t first, std::uint64_t count, std::uint64_t size) {
  return count <= size && first <= size - count;
}

inline bool StringFits(const View& view, StringRef reference) {
  return Fits(reference.offset, reference.length, view.RawSection(SectionId::kStrings).size());
}

// `types`: how many types the file has; indices in references must be below it.
inline bool IsKnown(ValueType type, std::uint64_t types) {
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
inline bool SameKind(ValueType a, ValueType b) {
  if (!IsReference(a) || !IsReference(b)) return IsReference(a) == IsReference(b);
  const auto kind = [](ValueType type) {
    if (IsFunctionReference(type)) return kFuncHeap;
    const HeapType heap = HeapTypeOf(type);
    return heap == kNoExternHeap ? kExternHeap : heap == kNoExnHeap ? kExnHeap : heap;
  };
  return kind(a) == kind(b);
}

}  // namespace tenon::container
