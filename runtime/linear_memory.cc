// Linear memories in their three forms. Mapped pages are touched by the program
// alone: fresh pages are the system's zero page, the initial image is mapped copy-on-write.
//
// Invariants: [base, base + size_bytes) is readable and writable; in guard mode the
// rest of the reservation is not accessible at all and is registered with the trap
// handler. A memory is mapped if the allocator may map, and else one of its blocks;
// that does not change while there are memories. The ledger counts size_bytes.
#include "runtime/linear_memory.h"

#include <algorithm>
#include <cstring>

#include "runtime/traps.h"

namespace tenon::runtime {
namespace {

constexpr std::uint64_t kMaximumPages = 65536;

std::uint64_t GuardReservation() {
  return abi::kGuardIndexSpace + abi::kGuardBytes + os::PageSize();
}

Ledger& LedgerOf(const abi::MemoryInstance& memory) { return *static_cast<Ledger*>(memory.ledger); }

Status PlaceImage(const abi::MemoryInstance& memory, const MemoryImage& image) {
  if (image.size == 0) return Status::Ok();
  std::uint8_t* const destination = memory.base + image.address;
  std::uint64_t mapped = 0;
  if (image.file.descriptor >= 0 && image.file_offset % os::PageSize() == 0 &&
      image.address % os::PageSize() == 0) {
    // Whole pages; what lies behind in the file is not ours.
    mapped = image.size / os::PageSize() * os::PageSize();
    if (mapped != 0 && os::MapFile(destination, image.file, image.file_offset, mapped,
                                   os::Access::kReadWrite) == nullptr) {
      return Error::Format("out of memory: the memory image of %llu bytes cannot be mapped",
                           static_cast<unsigned long long>(image.size));
    }
  }
  std::memcpy(destination + mapped, image.bytes + mapped, image.size - mapped);
  return Status::Ok();
}

Error NoMemory(std::uint64_t pages) {
  char purpose[80];
  std::snprintf(purpose, sizeof purpose, "a linear memory of %llu pages",
                static_cast<unsigned long long>(pages));
  return OutOfMemory(purpose);
}

// Charged by the caller.
void* Map(std::uint64_t size, std::uint64_t reserved, bool guard) {
  void* const base = os::MapAnonymous(reserved, guard ? os::Access::kNone : os::Access::kReadWrite);
  if (base == nullptr) return nullptr;
  const bool open = !guard || ((size == 0 || os::Protect(base, size, os::Access::kReadWrite)) &&
                               RegisterReservation(base, reserved));
  if (open) return base;
  os::Unmap(base, reserved);
  return nullptr;
}

bool GrowMapped(abi::MemoryInstance* memory, std::uint64_t size) {
  const std::uint64_t added = size - memory->size_bytes;
  const std::uint64_t blocks = memory->base == nullptr ? 1 : 0;
  if (!Charge(LedgerOf(*memory), added, blocks)) return false;
  if (HasGuard(*memory)) {
    if (os::Protect(memory->base + memory->size_bytes, added, os::Access::kReadWrite)) return true;
  } else {
    // A memory image mapped from the file splits the mapping in the kernel's books, which mremap
    // refuses; CreateLinearMemory's callers therefore copy the image in this mode.
    void* const base = memory->base == nullptr
                           ? os::MapAnonymous(size, os::Access::kReadWrite)
                           : os::Remap(memory->base, memory->reserved_bytes, size);
    if (base != nullptr) {
      memory->base = static_cast<std::uint8_t*>(base);
      memory->reserved_bytes = size;
      return true;
    }
  }
  CurrentAllocator().ReleaseMapped(added);
  LedgerOf(*memory).Subtract(added, blocks);
  return false;
}

bool GrowAllocated(abi::MemoryInstance* memory, std::uint64_t size) {
  void* const base =
      memory->base == nullptr ? Allocate(LedgerOf(*memory), size) : Resize(memory->base, size);
  if (base == nullptr) return false;
  memory->base = static_cast<std::uint8_t*>(base);
  memory->reserved_bytes = size;
  return true;
}

}  // namespace

bool HasGuard(const abi::MemoryInstance& memory) {
  return memory.reserved_bytes >= abi::kGuardIndexSpace + abi::kGuardBytes;
}

Status CreateLinearMemory(abi::MemoryInstance* memory, std::uint64_t minimum_pages,
                          std::uint64_t maximum_pages, bool guard, const MemoryImage& image,
                          Ledger& ledger) {
  const std::uint64_t size = minimum_pages * abi::kPageSize;
  *memory = {};
  memory->maximum_pages = std::min(maximum_pages, kMaximumPages);
  memory->ledger = &ledger;
  if (CurrentAllocator().may_map()) {
    const std::uint64_t reserved = guard ? GuardReservation() : size;
    if (reserved == 0) return Status::Ok();
    if (!Charge(ledger, size)) return NoMemory(minimum_pages);
    memory->base = static_cast<std::uint8_t*>(Map(size, reserved, guard));
    if (memory->base == nullptr) {
      Discharge(ledger, size);
      return Error::Format("out of memory: %llu bytes of address space for a linear memory",
                           static_cast<unsigned long long>(reserved));
    }
    memory->reserved_bytes = reserved;
  } else if (size != 0) {
    memory->base = static_cast<std::uint8_t*>(Allocate(ledger, size));
    if (memory->base == nullptr) return NoMemory(minimum_pages);
    memory->reserved_bytes = size;
  }
  memory->size_bytes = size;
  Status placed = PlaceImage(*memory, image);
  if (!placed.ok()) DestroyLinearMemory(memory);
  return placed;
}

void DestroyLinearMemory(abi::MemoryInstance* memory) {
  if (memory->base == nullptr) return;
  if (CurrentAllocator().may_map()) {
    if (HasGuard(*memory)) UnregisterReservation(memory->base);
    os::Unmap(memory->base, memory->reserved_bytes);
    Discharge(LedgerOf(*memory), memory->size_bytes);
  } else {
    Free(memory->base);
  }
  *memory = {};
}

std::uint32_t GrowLinearMemory(abi::MemoryInstance* memory, std::uint32_t pages) {
  constexpr std::uint32_t kFailed = 0xFFFFFFFF;
  const std::uint64_t old_pages = memory->size_bytes / abi::kPageSize;
  if (pages > memory->maximum_pages || old_pages > memory->maximum_pages - pages) return kFailed;
  if (pages == 0) return static_cast<std::uint32_t>(old_pages);
  const std::uint64_t size = memory->size_bytes + pages * abi::kPageSize;
  const bool grown =
      CurrentAllocator().may_map() ? GrowMapped(memory, size) : GrowAllocated(memory, size);
  if (!grown) return kFailed;
  memory->size_bytes = size;
  return static_cast<std::uint32_t>(old_pages);
}

}  // namespace tenon::runtime
