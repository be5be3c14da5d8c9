// Reads the primitive values of the binary format (core specification, section
// 5.2) from one part of the file, with errors that say where in the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "format/result.h"

namespace tenon::wasm {

// Whether `bytes` are UTF-8 as section 5.2.4 demands: shortest forms only, no
// surrogates, nothing beyond U+10FFFF.
bool IsUtf8(std::span<const std::uint8_t> bytes);

class ByteCursor {
 public:
  // `bytes` begin at `base` in the file; `place` completes "in the ...", such as
  // "type section", and must outlive the cursor.
  ByteCursor(std::span<const std::uint8_t> bytes, std::uint32_t base, const char* place)
      : bytes_(bytes), base_(base), place_(place) {}

  bool AtEnd() const { return position_ == bytes_.size(); }
  std::size_t remaining() const { return bytes_.size() - position_; }
  std::span<const std::uint8_t> rest() const { return bytes_.subspan(position_); }
  const char* place() const { return place_; }
  // Of the next byte, in the file.
  std::uint32_t offset() const { return base_ + static_cast<std::uint32_t>(position_); }

  // Moves on by `count` bytes, which must be there.
  void Skip(std::size_t count) { position_ += count; }

  Result<std::uint8_t> Byte();
  Result<std::uint32_t> U32();
  Result<std::uint64_t> U64();
  Result<std::int64_t> S33();
  Result<std::span<const std::uint8_t>> Bytes(std::size_t count);
  // A length and that many bytes of UTF-8.
  Result<std::string_view> Name();
  // The length of a vector. Refuses one with more entries than bytes are left,
  // since each takes at least one: what a reader allocates for the entries then
  // is in proportion to the input. `what` is their plural, `maximum` the limit of
  // this implementation.
  Result<std::uint32_t> Count(const char* what, std::uint32_t maximum);

 private:
  Error Malformed(const char* text, std::uint32_t offset) const;

  std::span<const std::uint8_t> bytes_;
  std::uint32_t base_;
  const char* place_;
  std::size_t position_ = 0;
};

}  // namespace tenon::wasm
