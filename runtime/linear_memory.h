// Linear memories in both bounds-check modes: reserved with guard pages, where
// the base never moves, or just as large as needed, where growing may move it.
#pragma once

#include "format/abi.h"
#include "format/container.h"
#include "format/result.h"

namespace tenon::runtime {

// Where a memory's first bytes come from.
struct MemoryImage {
  int file_descriptor = -1;  // -1: copy from `bytes`
  const std::uint8_t* bytes = nullptr;
  std::uint64_t file_offset = 0;  // page aligned
  std::uint64_t address = 0;      // page aligned
  std::uint64_t size = 0;
};

Status CreateLinearMemory(abi::MemoryInstance* memory, std::uint64_t minimum_pages,
                          std::uint64_t maximum_pages, bool guard, const MemoryImage& image);
void DestroyLinearMemory(abi::MemoryInstance* memory);
// memory.grow: the old size in pages, or 0xFFFFFFFF.
std::uint32_t GrowLinearMemory(abi::MemoryInstance* memory, std::uint32_t pages);
// Whether code without bounds checks may use this memory.
bool HasGuard(const abi::MemoryInstance& memory);

}  // namespace tenon::runtime
