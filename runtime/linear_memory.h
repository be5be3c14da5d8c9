// Linear memories: mapped with guard pages, where the base never moves; mapped as
// large as needed; or a block of the allocator, where nothing may be mapped.
#pragma once

#include "format/abi.h"
#include "format/container.h"
#include "format/result.h"
#include "loader/os_memory.h"
#include "runtime/memory.h"

namespace tenon::runtime {

// Where a memory's first bytes come from.
struct MemoryImage {
  os::File file;  // descriptor -1: copy from `bytes`
  const std::uint8_t* bytes = nullptr;
  std::uint64_t file_offset = 0;  // page aligned
  std::uint64_t address = 0;      // page aligned
  std::uint64_t size = 0;
};

// `guard`: for code without bounds checks; only if the allocator may map.
Status CreateLinearMemory(abi::MemoryInstance* memory, std::uint64_t minimum_pages,
                          std::uint64_t maximum_pages, bool guard, const MemoryImage& image,
                          Ledger& ledger);
void DestroyLinearMemory(abi::MemoryInstance* memory);
// memory.grow: the old size in pages, or 0xFFFFFFFF.
std::uint32_t GrowLinearMemory(abi::MemoryInstance* memory, std::uint32_t pages);
// Whether code without bounds checks may use this memory.
bool HasGuard(const abi::MemoryInstance& memory);

}  // namespace tenon::runtime
