// Equality and subtyping of types (core specification, sections 3.1.4 and 3.3).
//
// Types of a module are equal if their recursive groups are equal word for word, references within
// the group taken by position and others by the type they mean. CanonicalizeTypes
// gives each its representative; everything after it compares representatives.
#pragma once

#include <string>

#include "compiler/wasm/module.h"

namespace tenon::wasm {

// Sets TypeDeclaration::canonical of the types from `first` on. Indices must be valid.
void CanonicalizeTypes(Module& module, std::uint32_t first);

// Whether values of `sub` are values of `super`.
bool IsSubtype(const Module& module, ValueType sub, ValueType super);
bool IsHeapSubtype(const Module& module, HeapType sub, HeapType super);
// Whether the declared type `sub` is `super` or has it among its declared supertypes.
bool IsDeclaredSubtype(const Module& module, std::uint32_t sub, std::uint32_t super);
// Whether a function type may be declared to be a subtype of another: parameters contravariant,
// results covariant.
bool IsFunctionSubtype(const Module& module, const FunctionType& sub, const FunctionType& super);

// abi::TypeKey of a declared type; kInternedBit alone if it is known at run time only.
std::uint64_t TypeKeyOf(const Module& module, std::uint32_t index);

// With the index of a concrete reference: "(ref null 3)".
std::string ValueTypeText(ValueType type);

}  // namespace tenon::wasm
