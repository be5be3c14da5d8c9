// Process-wide numbers of the function types that are too long for a packed key
// (abi::TypeKey): equal types have equal keys over all modules, so that calls through
// shared tables can compare them. Counted; a type goes with its last user.
// Thread safe.
#pragma once

#include <cstdint>
#include <span>

#include "format/value_type.h"
#include "loader/memory_source.h"

namespace tenon::loader {

// The type's key, with one more user; 0 if there is no memory.
std::uint64_t InternType(std::span<const ValueType> parameters, std::span<const ValueType> results,
                         const MemorySource& memory);
void ReleaseType(std::uint64_t key);

struct InternedSignature {
  std::span<const ValueType> parameters;
  std::span<const ValueType> results;
};
// Of a key that is in use; valid while it is.
InternedSignature FindInternedType(std::uint64_t key);

}  // namespace tenon::loader
