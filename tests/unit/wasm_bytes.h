// Builds WebAssembly binaries byte by byte, for the tests of reader and
// validator.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace tenon::wasm::test {

using Bytes = std::vector<std::uint8_t>;

inline Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// Unsigned LEB128.
inline Bytes U32(std::size_t value) {
  Bytes bytes;
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<std::uint8_t>(value | 0x80));
  bytes.push_back(static_cast<std::uint8_t>(value));
  return bytes;
}

inline Bytes Repeat(std::size_t count, const Bytes& bytes) {
  Bytes result;
  result.reserve(count * bytes.size());
  for (std::size_t i = 0; i < count; ++i) result.insert(result.end(), bytes.begin(), bytes.end());
  return result;
}

// A length and the bytes.
inline Bytes Sized(const Bytes& bytes) { return U32(bytes.size()) + bytes; }

inline Bytes Text(std::string_view text) { return Sized(Bytes(text.begin(), text.end())); }

// A count and the entries.
inline Bytes Vec(std::initializer_list<Bytes> entries) {
  Bytes bytes = U32(entries.size());
  for (const Bytes& entry : entries) bytes = bytes + entry;
  return bytes;
}

inline Bytes Section(std::uint8_t id, const Bytes& content) { return Bytes{id} + Sized(content); }
inline Bytes Section(std::uint8_t id, std::initializer_list<Bytes> entries) {
  return Section(id, Vec(entries));
}

// Magic number, version and the sections.
inline Bytes File(std::initializer_list<Bytes> sections) {
  Bytes bytes = {0x00, 'a', 's', 'm', 1, 0, 0, 0};
  for (const Bytes& section : sections) bytes = bytes + section;
  return bytes;
}

// One entry of the code section: no locals, and the final `end` added.
inline Bytes Code(const Bytes& instructions) {
  return Sized(Bytes{0} + instructions + Bytes{0x0B});
}

inline Bytes FunctionTypeBytes(const Bytes& parameters, const Bytes& results) {
  return Bytes{0x60} + Sized(parameters) + Sized(results);
}

inline constexpr std::uint8_t kI32 = 0x7F;
inline constexpr std::uint8_t kI64 = 0x7E;
inline constexpr std::uint8_t kF32 = 0x7D;
inline constexpr std::uint8_t kF64 = 0x7C;
inline constexpr std::uint8_t kFuncRef = 0x70;
inline constexpr std::uint8_t kExternRef = 0x6F;
inline constexpr std::uint8_t kEnd = 0x0B;

enum : std::uint8_t {
  kCustomSection = 0,
  kTypeSection = 1,
  kImportSection = 2,
  kFunctionSection = 3,
  kTableSection = 4,
  kMemorySection = 5,
  kGlobalSection = 6,
  kExportSection = 7,
  kStartSection = 8,
  kElementSection = 9,
  kCodeSection = 10,
  kDataSection = 11,
  kDataCountSection = 12,
  kTagSection = 13,
};

}  // namespace tenon::wasm::test
