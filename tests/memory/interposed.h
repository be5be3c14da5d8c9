// Counts what this process takes from the system while watched: malloc and its kin, anonymous
// mappings, brk. The definitions in interposed.cc replace the C library's in the whole process.
#pragma once

#include <cstdint>

namespace tenon::tests {

struct SystemMemoryUse {
  std::uint64_t allocations = 0;  // malloc, calloc, realloc, aligned forms
  std::uint64_t anonymous_mappings = 0;
  std::uint64_t breaks = 0;  // brk, sbrk
};

void StartWatching();
SystemMemoryUse StopWatching();

}  // namespace tenon::tests
