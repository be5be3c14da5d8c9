// A heap inside linear memory. Its records lie outside, so that the program cannot overwrite them.
// Addresses are the program's.
#pragma once

#include <cstdint>

#include "runtime/memory/memory.h"

namespace tenon::runtime {

struct ModuleHeap;

// Manages [begin, begin + size); null if there is no memory for the records.
ModuleHeap* MakeModuleHeap(Ledger& ledger, std::uint64_t begin, std::uint64_t size);
std::uint64_t HeapSize(const ModuleHeap* heap);
void FreeModuleHeap(ModuleHeap* heap);
// 8-byte aligned; 0 if there is none left. Thread safe, as HeapFree is.
std::uint64_t HeapAllocate(ModuleHeap* heap, std::uint64_t size);
// Ignores addresses that are not those of blocks in use.
void HeapFree(ModuleHeap* heap, std::uint64_t address);

}  // namespace tenon::runtime
