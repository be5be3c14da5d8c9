// Process-wide keys of the types that have no packed key (abi::TypeKey): equal types have equal
// keys in all modules, so that calls through shared tables can compare them. Types are numbered by
// whole recursive groups, which are equal if all that they refer to is. Groups are counted, and one
// is freed with its last user. Thread safe.
#pragma once

#include <cstdint>
#include <span>

#include "format/value_type.h"
#include "format/view.h"
#include "loader/memory_source.h"

namespace tenon::loader {

// Fills in the keys of the recursive group that begins with type `first`; those of all types before
// must be in `keys`. The group has one more user then. False if there is no memory.
bool InternGroup(const container::View& view, std::uint32_t first, std::uint64_t* keys,
                 const MemorySource& memory);
// `key`: of a group's first type.
void ReleaseGroup(std::uint64_t key);

// Forgets all groups, after the memory that they were in is gone.
void ForgetGroups();

// Whether the type is the other one or has it among its supertypes. Both keys must be in use.
bool IsSubtype(std::uint64_t key, std::uint64_t super_key);

struct InternedSignature {
  std::span<const ValueType> parameters;
  std::span<const ValueType> results;
};
// `key` must be in use; the result is valid while it is. Type indices in it are those of the module
// that had the type first.
InternedSignature FindInternedType(std::uint64_t key);

}  // namespace tenon::loader
