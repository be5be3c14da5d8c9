// What view.h's checks share. They allocate nothing and take time linear in the sections that they
// look at, for hostile files too (SharedArray). Counts are compared in 64 bits, without sums that
// could wrap around.
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
// The rest of what an instance relies on: what is the same for all variants, and what one of them
// adds. CheckAtOpen has passed.
Status CheckBeforeUse(const View& view);
Status CheckCode(const View& view, const VariantEntry& variant);

inline Error Bad(const char* section, std::size_t index, const char* what) {
  return Error::Format("malformed file: section \"%s\", element %zu: %s", section, index, what);
}

// Whether [first, first + count) lies in [0, size).
constexpr bool Fits(std::uint64_t first, std::uint64_t count, std::uint64_t size) {
  return count <= size && first <= size - count;
}

// An array that elements refer to by ranges. The writer gives each element a range of its own, so
// all of them together are no longer than the array. A file where they are is refused: whoever
// walks through all ranges then takes time in proportion to the file.
class SharedArray {
 public:
  explicit SharedArray(std::uint64_t size) : size_(size), left_(size) {}
  // Whether [first, first + count) lies inside, and the ranges taken so far can be distinct.
  bool Take(std::uint64_t first, std::uint64_t count) {
    if (!Fits(first, count, size_) || count > left_) return false;
    left_ -= count;
    return true;
  }
  bool Take(StringRef text) { return Take(text.offset, text.length); }

 private:
  std::uint64_t size_;
  std::uint64_t left_;
};

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
