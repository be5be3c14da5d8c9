// Arithmetic on offsets, sizes and addresses that all layers need.
#pragma once

#include <cstdint>
#include <type_traits>

namespace tenon {

// To a multiple of `alignment`, a power of two. AlignUp wraps around at the type's end.
template <typename T>
constexpr T AlignDown(T value, std::type_identity_t<T> alignment) {
  static_assert(std::is_unsigned_v<T>);
  return value & ~(alignment - 1);
}
template <typename T>
constexpr T AlignUp(T value, std::type_identity_t<T> alignment) {
  return AlignDown<T>(value + alignment - 1, alignment);
}

// Whether [at, at + length) reaches outside of [0, size), for any values.
constexpr bool IsOutside(std::uint64_t at, std::uint64_t length, std::uint64_t size) {
  return length > size || at > size - length;
}

}  // namespace tenon
