// The value types of WebAssembly as the container, the compiler and the
// runtime write them down.
//
// The low byte is the type's code in the binary format (core specification,
// section 5.3). The upper 24 bits are reserved for the type index of a
// concrete reference type, `(ref $t)` and `(ref null $t)` (codes 0x64, 0x63),
// so that typed function references and GC types fit without a new encoding.
#pragma once

#include <cstdint>

namespace tenon {

enum class ValueType : std::uint32_t {
  kI32 = 0x7F,
  kI64 = 0x7E,
  kF32 = 0x7D,
  kF64 = 0x7C,
  kV128 = 0x7B,
  kFuncRef = 0x70,
  kExternRef = 0x6F,
};

constexpr bool IsReference(ValueType type) {
  return type == ValueType::kFuncRef || type == ValueType::kExternRef;
}

// The name in the text format.
constexpr const char* ValueTypeName(ValueType type) {
  switch (type) {
    case ValueType::kI32: return "i32";
    case ValueType::kI64: return "i64";
    case ValueType::kF32: return "f32";
    case ValueType::kF64: return "f64";
    case ValueType::kV128: return "v128";
    case ValueType::kFuncRef: return "funcref";
    case ValueType::kExternRef: return "externref";
  }
  return "unknown type";
}

// What an import or export is (core specification, section 5.5.5).
enum class ExternKind : std::uint8_t {
  kFunction = 0,
  kTable = 1,
  kMemory = 2,
  kGlobal = 3,
  kTag = 4
};

constexpr const char* ExternKindName(ExternKind kind) {
  switch (kind) {
    case ExternKind::kFunction: return "function";
    case ExternKind::kTable: return "table";
    case ExternKind::kMemory: return "memory";
    case ExternKind::kGlobal: return "global";
    case ExternKind::kTag: return "tag";
  }
  return "unknown kind";
}

}  // namespace tenon
