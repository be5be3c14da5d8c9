// Linear memories. There are three forms: mapped with guard pages, where the base never moves;
// mapped as large as needed; or a block of the allocator, where nothing may be mapped.
#pragma once

#include <span>

#include "format/abi.h"
#include "format/container.h"
#include "format/result.h"
#include "loader/os_memory.h"
#include "runtime/memory/memory.h"

namespace tenon::runtime {

// Where a memory's first bytes come from.
struct MemoryImage {
  os::File file;                                        // descriptor -1: copy from `bytes`
  const std::uint8_t* bytes = nullptr;                  // of the whole file
  std::span<const container::MemoryPieceEntry> pieces;  // inside both
};

// `guard`: for code without bounds checks; only if the allocator may map. Memories with 64-bit
// addresses or small pages are checked by the code in any mode, and have no guard.
Status CreateLinearMemory(abi::MemoryInstance* memory, const container::LimitsEntry& limits,
                          bool guard, const MemoryImage& image, Ledger& ledger);
// Makes `copy` describe the same memory as `original`, which is shared and must outlive it. Code
// finds a memory's base and size in its own instance, so a shared memory has several descriptions.
Status ShareLinearMemory(abi::MemoryInstance* copy, abi::MemoryInstance* original, Ledger& ledger);
// Forgets all copies, after the memory that they were in is gone.
void ForgetShares();
bool IsBorrowed(const abi::MemoryInstance& memory);
void DestroyLinearMemory(abi::MemoryInstance* memory);
// memory.grow: the old size in pages, or ~0. `is_unused`: nobody has seen the memory yet, so it may
// move even if it is shared.
std::uint64_t GrowLinearMemory(abi::MemoryInstance* memory, std::uint64_t pages,
                               bool is_unused = false);
// Its size, which another thread may be changing if the memory is shared.
std::uint64_t SizeOf(const abi::MemoryInstance& memory);
// Whether code without bounds checks may use this memory.
bool HasGuard(const abi::MemoryInstance& memory);
// Whether code relies on a guard for memories with such limits.
bool NeedsGuard(const container::LimitsEntry& limits);

}  // namespace tenon::runtime
