// Counts what this process takes from the system while watched: malloc and its kin, anonymous
// mappings, brk. The definitions in interposed.cc replace the C library's in the whole process;
// malloc's are in malloc_of_libc.cc, or malloc_of_sanitizer.cc in a build with sanitizers.
#pragma once

#include <cstdint>

namespace tenon::tests {

struct SystemMemoryUse {
  std::uint64_t allocations = 0;  // malloc, calloc, realloc, aligned forms
  std::uint64_t anonymous_mappings = 0;
  std::uint64_t breaks = 0;  // brk, sbrk
};

// Called by each allocation.
void NoteAllocation();
// Sees to it that it is.
void WatchMalloc();
// Whether blocks that were given back stay away from the system for long, to find their use.
bool KeepsFreedBlocks();

void StartWatching();
SystemMemoryUse StopWatching();

}  // namespace tenon::tests
