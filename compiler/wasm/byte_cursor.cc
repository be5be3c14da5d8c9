#include "compiler/wasm/byte_cursor.h"

#include "compiler/wasm/leb128.h"

namespace tenon::wasm {

bool IsUtf8(std::span<const std::uint8_t> bytes) {
  std::size_t i = 0;
  while (i < bytes.size()) {
    const std::uint8_t lead = bytes[i++];
    if (lead < 0x80) continue;
    std::size_t continuation = 0;
    std::uint32_t smallest = 0;  // the first code point that needs this length
    std::uint32_t code_point = 0;
    if ((lead & 0xE0) == 0xC0) {
      continuation = 1, smallest = 0x80, code_point = lead & 0x1F;
    } else if ((lead & 0xF0) == 0xE0) {
      continuation = 2, smallest = 0x800, code_point = lead & 0x0F;
    } else if ((lead & 0xF8) == 0xF0) {
      continuation = 3, smallest = 0x10000, code_point = lead & 0x07;
    } else {
      return false;
    }
    if (bytes.size() - i < continuation) return false;
    for (; continuation != 0; --continuation) {
      const std::uint8_t byte = bytes[i++];
      if ((byte & 0xC0) != 0x80) return false;
      code_point = code_point << 6 | (byte & 0x3F);
    }
    const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
    if (code_point < smallest || code_point > 0x10FFFF || surrogate) return false;
  }
  return true;
}

Error ByteCursor::Malformed(const char* text, std::uint32_t offset) const {
  return Error::Format("%s, at byte offset 0x%x in the %s", text, offset, place_);
}

Result<std::uint8_t> ByteCursor::Byte() {
  if (AtEnd()) return Malformed(LebErrorText(LebError::kUnexpectedEnd), offset());
  return bytes_[position_++];
}

Result<std::uint32_t> ByteCursor::U32() {
  std::uint32_t value = 0;
  const LebError error = ReadLeb128<32>(bytes_, position_, value);
  if (error != LebError::kNone) return Malformed(LebErrorText(error), offset());
  return value;
}

Result<std::uint64_t> ByteCursor::U64() {
  std::uint64_t value = 0;
  const LebError error = ReadLeb128<64>(bytes_, position_, value);
  if (error != LebError::kNone) return Malformed(LebErrorText(error), offset());
  return value;
}

Result<std::int64_t> ByteCursor::S33() {
  std::int64_t value = 0;
  const LebError error = ReadLeb128<33>(bytes_, position_, value);
  if (error != LebError::kNone) return Malformed(LebErrorText(error), offset());
  return value;
}

Result<std::span<const std::uint8_t>> ByteCursor::Bytes(std::size_t count) {
  if (count > remaining()) {
    return Error::Format(
        "length out of bounds: %zu bytes are announced but %zu are left, at byte offset 0x%x in "
        "the %s",
        count, remaining(), offset(), place_);
  }
  const std::span<const std::uint8_t> result = bytes_.subspan(position_, count);
  position_ += count;
  return result;
}

Result<std::string_view> ByteCursor::Name() {
  TENON_ASSIGN_OR_RETURN(const std::uint32_t length, U32());
  const std::uint32_t start = offset();
  TENON_ASSIGN_OR_RETURN(const std::span<const std::uint8_t> bytes, Bytes(length));
  if (!IsUtf8(bytes)) return Malformed("malformed UTF-8 encoding of a name", start);
  return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

Result<std::uint32_t> ByteCursor::Count(const char* what, std::uint32_t maximum) {
  const std::uint32_t start = offset();
  TENON_ASSIGN_OR_RETURN(const std::uint32_t count, U32());
  if (count > remaining()) {
    return Error::Format(
        "unexpected end of section or function: %u %s are announced but %zu bytes are left, at "
        "byte offset 0x%x in the %s",
        count, what, remaining(), start, place_);
  }
  if (count > maximum) {
    return Error::Format(
        "too many %s: the module has %u, this implementation supports at most %u, at byte offset "
        "0x%x in the %s",
        what, count, maximum, start, place_);
  }
  return count;
}

}  // namespace tenon::wasm
