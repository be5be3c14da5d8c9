// The value types of WebAssembly as the container, the compiler and the runtime represent them.
//
// The low byte is the type's code in the binary format (core specification,
// section 5.3). The upper 24 bits are 0 but for `(ref ht)` and `(ref null ht)` (codes 0x64, 0x63),
// where they are the heap type: an index into the module's types, or, with bit 23 set, an
// abstract heap type's code. What has a shorthand (funcref) is always written as that.
//
// At run time every reference is one pointer-sized word, and null is 0. It is a FuncRef*, the
// host's pointer, or an exception package. The host's pointers may have any bits.
//
// Garbage collection will fit in. Its abstract heap types have codes of their own. Struct and array
// types are indices like function types (TypeEntry::kind tells them apart), and types are compared
// by canonical id, with recursive groups and declared supertypes. A struct or array will be a
// pointer to an object that begins with its type's key; an i31 will be a word with the lowest bit
// set, which no pointer to an object has. External references are no subtype of any other type, so
// any.convert_extern will put one into an object.
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
  kExnRef = 0x69,
  kNullFuncRef = 0x73,
  kNullExternRef = 0x72,
  kNullExnRef = 0x74,
};

// A heap type: a type index, or kAbstractHeap | code.
using HeapType = std::uint32_t;
inline constexpr HeapType kAbstractHeap = 0x800000;
inline constexpr HeapType kFuncHeap = kAbstractHeap | 0x70;
inline constexpr HeapType kExternHeap = kAbstractHeap | 0x6F;
inline constexpr HeapType kExnHeap = kAbstractHeap | 0x69;
inline constexpr HeapType kNoFuncHeap = kAbstractHeap | 0x73;
inline constexpr HeapType kNoExternHeap = kAbstractHeap | 0x72;
inline constexpr HeapType kNoExnHeap = kAbstractHeap | 0x74;

inline constexpr std::uint32_t kRefCode = 0x64;
inline constexpr std::uint32_t kRefNullCode = 0x63;

constexpr bool IsAbstract(HeapType heap) { return (heap & kAbstractHeap) != 0; }

constexpr ValueType ReferenceTo(HeapType heap, bool nullable) {
  if (nullable && IsAbstract(heap)) return static_cast<ValueType>(heap & 0xFF);
  return static_cast<ValueType>((nullable ? kRefNullCode : kRefCode) | heap << 8);
}

constexpr bool IsReference(ValueType type) {
  switch (static_cast<std::uint32_t>(type) & 0xFF) {
    case 0x70:
    case 0x6F:
    case 0x69:
    case 0x73:
    case 0x72:
    case 0x74:
    case kRefCode:
    case kRefNullCode: return true;
    default: return false;
  }
}

// Of reference types only.
constexpr HeapType HeapTypeOf(ValueType type) {
  const auto bits = static_cast<std::uint32_t>(type);
  const std::uint32_t code = bits & 0xFF;
  return code == kRefCode || code == kRefNullCode ? bits >> 8 : kAbstractHeap | code;
}
constexpr bool IsNullable(ValueType type) {
  return (static_cast<std::uint32_t>(type) & 0xFF) != kRefCode;
}
// A reference to a type of the module, whose index is then HeapTypeOf(type).
constexpr bool IsConcreteReference(ValueType type) {
  return IsReference(type) && !IsAbstract(HeapTypeOf(type));
}
// Functions: references that the runtime knows as FuncRef*.
constexpr bool IsFunctionReference(ValueType type) {
  if (!IsReference(type)) return false;
  const HeapType heap = HeapTypeOf(type);
  return !IsAbstract(heap) || heap == kFuncHeap || heap == kNoFuncHeap;
}
// Exceptions: references that the runtime knows as abi::Exception*.
constexpr bool IsExceptionReference(ValueType type) {
  return IsReference(type) && (HeapTypeOf(type) == kExnHeap || HeapTypeOf(type) == kNoExnHeap);
}
// Whether locals, table elements and the like can begin as 0 or null.
constexpr bool IsDefaultable(ValueType type) { return !IsReference(type) || IsNullable(type); }

// The name in the text format; of a reference to a type of the module without its index.
constexpr const char* ValueTypeName(ValueType type) {
  switch (type) {
    case ValueType::kI32: return "i32";
    case ValueType::kI64: return "i64";
    case ValueType::kF32: return "f32";
    case ValueType::kF64: return "f64";
    case ValueType::kV128: return "v128";
    case ValueType::kFuncRef: return "funcref";
    case ValueType::kExternRef: return "externref";
    case ValueType::kExnRef: return "exnref";
    case ValueType::kNullFuncRef: return "nullfuncref";
    case ValueType::kNullExternRef: return "nullexternref";
    case ValueType::kNullExnRef: return "nullexnref";
  }
  if (!IsReference(type)) return "unknown type";
  switch (HeapTypeOf(type)) {
    case kFuncHeap: return "(ref func)";
    case kExternHeap: return "(ref extern)";
    case kExnHeap: return "(ref exn)";
    case kNoFuncHeap: return "(ref nofunc)";
    case kNoExternHeap: return "(ref noextern)";
    case kNoExnHeap: return "(ref noexn)";
    default: return IsNullable(type) ? "(ref null $type)" : "(ref $type)";
  }
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
