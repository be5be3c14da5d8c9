// The encodings of proposals that this release does not support, and the
// sentences that refuse them by name.
//
// An encoding that belongs to no proposal known here stays what the
// specification calls it: an illegal opcode, a malformed value type, and so on.
#pragma once

#include <cstdint>

#include "format/result.h"
#include "format/value_type.h"

namespace tenon::wasm {

// "<what> needs the <proposal> proposal, which this release does not support, at ...".
Error UnsupportedFeature(const char* what, const char* proposal, std::uint32_t offset);

// For an opcode that is not in opcodes.def. `prefix` is 0 for a plain opcode;
// otherwise `code` is the number behind the prefix byte.
Error UnsupportedOpcode(std::uint8_t prefix, std::uint32_t code, std::uint32_t offset);

// Whether `byte` is the code of a value type or a reference type of this release.
constexpr bool IsSupportedValueType(std::uint8_t byte) {
  switch (static_cast<ValueType>(byte)) {
    case ValueType::kI32:
    case ValueType::kI64:
    case ValueType::kF32:
    case ValueType::kF64:
    case ValueType::kV128:
    case ValueType::kFuncRef:
    case ValueType::kExternRef:
    case ValueType::kExnRef:
    case ValueType::kNullFuncRef:
    case ValueType::kNullExternRef:
    case ValueType::kNullExnRef: return true;
  }
  return false;
}

// For a byte where a value type or reference type belongs and which is none of
// this release. `malformed` is the specification's text for a byte of no
// proposal, such as "malformed reference type".
Error UnsupportedValueType(std::uint8_t byte, const char* malformed, std::uint32_t offset);

}  // namespace tenon::wasm
