// LEB128 integers as the core specification restricts them (section 5.2.2): at
// most ceil(N/7) bytes for N bits, and the unused bits of the last byte must be
// zero, or copies of the sign. Longer-than-necessary encodings within that are
// valid.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace tenon::wasm {

enum class LebError : std::uint8_t { kNone, kUnexpectedEnd, kTooLong, kTooLarge };

// The specification's words for `error`.
constexpr const char* LebErrorText(LebError error) {
  switch (error) {
    case LebError::kNone: return "no error";
    case LebError::kUnexpectedEnd: return "unexpected end of section or function";
    case LebError::kTooLong: return "integer representation too long";
    case LebError::kTooLarge: return "integer too large";
  }
  return "unknown error";
}

// Decodes an integer of `kBits` bits (signed where T is) at `position`, which
// moves behind it. `value` and `position` are unchanged on error.
template <int kBits, typename T>
LebError ReadLeb128(std::span<const std::uint8_t> bytes, std::size_t& position, T& value) {
  static_assert(kBits <= 64 && static_cast<std::size_t>(kBits) <= sizeof(T) * 8);
  constexpr bool kSigned = std::is_signed_v<T>;
  constexpr int kLastShift = (kBits - 1) / 7 * 7;
  constexpr int kLastBits = kBits - kLastShift;  // bits of the last byte that count

  std::size_t cursor = position;
  std::uint64_t result = 0;
  for (int shift = 0;; shift += 7) {
    if (cursor == bytes.size()) return LebError::kUnexpectedEnd;
    const std::uint8_t byte = bytes[cursor++];
    result |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (shift == kLastShift) {
      if ((byte & 0x80) != 0) return LebError::kTooLong;
      if constexpr (kSigned) {
        // Every bit from the sign bit on must be alike.
        constexpr int kSignAndAbove = 0x7F & ~((1 << (kLastBits - 1)) - 1);
        const int upper = byte & kSignAndAbove;
        if (upper != 0 && upper != kSignAndAbove) return LebError::kTooLarge;
      } else {
        if ((byte & 0x7F & ~((1 << kLastBits) - 1)) != 0) return LebError::kTooLarge;
      }
    }
    if ((byte & 0x80) == 0) {
      if constexpr (kSigned) {
        if ((byte & 0x40) != 0 && shift + 7 < 64) result |= ~std::uint64_t{0} << (shift + 7);
        value = static_cast<T>(static_cast<std::int64_t>(result));
      } else {
        value = static_cast<T>(result);
      }
      position = cursor;
      return LebError::kNone;
    }
  }
}

}  // namespace tenon::wasm
