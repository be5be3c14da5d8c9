// A heap inside linear memory whose books lie outside of it, so that nothing a program writes can
// mislead the host. Addresses are the program's.
#pragma once

#include <cstdint>

#include "runtime/memory/memory.h"

namespace tenon::runtime {

struct ModuleHeap;

// Manages [begin, begin + size); null if there is no memory for the books.
ModuleHeap* MakeModuleHeap(Ledger& ledger, std::uint64_t begin, std::uint64_t size);
std::uint64_t HeapSize(const ModuleHeap* heap);
void FreeModuleHeap(ModuleHeap* heap);
// 8-byte aligned; 0 if there is none left. Thread safe, as HeapFree is.
std::uint64_t HeapAllocate(ModuleHeap* heap, std::uint64_t size);
// Ignores addresses that are none of its blocks.
void HeapFree(ModuleHeap* heap, std::uint64_t address);

}  // namespace tenon::runtime
