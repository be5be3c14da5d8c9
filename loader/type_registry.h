// Process-wide numbers of the types that have no packed key (abi::TypeKey): equal types have equal
// keys over all modules, so that calls through shared tables can compare them. Types are
// numbered by whole recursive groups, compared with what they refer to. Counted; a group goes with
// its last user. Thread safe.
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

// When the memory that the groups lie in is gone.
void ForgetGroups();

// Whether the type is the other one or has it among its supertypes. Both keys are in use.
bool IsSubtype(std::uint64_t key, std::uint64_t super_key);

struct InternedSignature {
  std::span<const ValueType> parameters;
  std::span<const ValueType> results;
};
// Of a key that is in use; valid while it is. Type indices in it are those of the first module.
InternedSignature FindInternedType(std::uint64_t key);

}  // namespace tenon::loader
