// Linear memories from anonymous mappings. Pages are touched by the program alone:
// fresh pages are the system's zero page, the initial image is mapped copy-on-write.
//
// Invariant: [base, base + size_bytes) is readable and writable; in guard mode the
// rest of the reservation is not accessible at all and is registered with the
// trap handler.
#include "runtime/linear_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "runtime/memory.h"
#include "runtime/traps.h"

namespace tenon::runtime {
namespace {

constexpr std::uint64_t kMaximumPages = 65536;

std::uint64_t SystemPage() {
  static const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return page;
}

std::uint64_t GuardReservation() { return abi::kGuardIndexSpace + abi::kGuardBytes + SystemPage(); }

Status PlaceImage(const abi::MemoryInstance& memory, const MemoryImage& image) {
  if (image.size == 0) return Status::Ok();
  std::uint8_t* const destination = memory.base + image.address;
  std::uint64_t mapped = 0;
  if (image.file_descriptor >= 0 && image.file_offset % SystemPage() == 0 &&
      image.address % SystemPage() == 0) {
    mapped = image.size / SystemPage() *
             SystemPage();  // whole pages; what lies behind in the file is not ours
    if (mapped != 0 &&
        ::mmap(destination, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED,
               image.file_descriptor, static_cast<off_t>(image.file_offset)) == MAP_FAILED) {
      return Error::Format("out of memory: the memory image of %llu bytes cannot be mapped",
                           static_cast<unsigned long long>(image.size));
    }
  }
  std::memcpy(destination + mapped, image.bytes + mapped, image.size - mapped);
  return Status::Ok();
}

}  // namespace

bool HasGuard(const abi::MemoryInstance& memory) {
  return memory.reserved_bytes >= abi::kGuardIndexSpace + abi::kGuardBytes;
}

Status CreateLinearMemory(abi::MemoryInstance* memory, std::uint64_t minimum_pages,
                          std::uint64_t maximum_pages, bool guard, const MemoryImage& image) {
  *memory = {};
  const std::uint64_t size = minimum_pages * abi::kPageSize;
  const std::uint64_t reserved = guard ? GuardReservation() : size;
  memory->maximum_pages = std::min(maximum_pages, kMaximumPages);
  if (reserved == 0) return Status::Ok();
  void* const base = ::mmap(nullptr, reserved, guard ? PROT_NONE : PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) {
    return Error::Format("out of memory: %llu bytes of address space for a linear memory",
                         static_cast<unsigned long long>(reserved));
  }
  memory->base = static_cast<std::uint8_t*>(base);
  memory->reserved_bytes = reserved;
  if (guard && size != 0 && ::mprotect(base, size, PROT_READ | PROT_WRITE) != 0) {
    ::munmap(base, reserved);
    *memory = {};
    return Error::Format("out of memory: %llu bytes for a linear memory",
                         static_cast<unsigned long long>(size));
  }
  memory->size_bytes = size;
  Account(Category::kInstance, static_cast<std::int64_t>(size));
  const bool registered = !guard || RegisterReservation(base, reserved);
  Status placed =
      registered ? PlaceImage(*memory, image) : Error::Format("out of memory for a linear memory");
  if (!placed.ok()) DestroyLinearMemory(memory);
  return placed;
}

void DestroyLinearMemory(abi::MemoryInstance* memory) {
  if (memory->base == nullptr) return;
  if (HasGuard(*memory)) UnregisterReservation(memory->base);
  ::munmap(memory->base, memory->reserved_bytes);
  Account(Category::kInstance, -static_cast<std::int64_t>(memory->size_bytes));
  *memory = {};
}

std::uint32_t GrowLinearMemory(abi::MemoryInstance* memory, std::uint32_t pages) {
  constexpr std::uint32_t kFailed = 0xFFFFFFFF;
  const std::uint64_t old_pages = memory->size_bytes / abi::kPageSize;
  if (pages > memory->maximum_pages || old_pages > memory->maximum_pages - pages) return kFailed;
  if (pages == 0) return static_cast<std::uint32_t>(old_pages);
  const std::uint64_t added = pages * abi::kPageSize;
  const std::uint64_t size = memory->size_bytes + added;
  if (HasGuard(*memory)) {
    if (::mprotect(memory->base + memory->size_bytes, added, PROT_READ | PROT_WRITE) != 0)
      return kFailed;
  } else {
    // A memory image mapped from the file splits the mapping in the kernel's books, which mremap
    // refuses; CreateLinearMemory's callers therefore copy the image in this mode.
    void* const base = memory->base == nullptr
                           ? ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
                           : ::mremap(memory->base, memory->reserved_bytes, size, MREMAP_MAYMOVE);
    if (base == MAP_FAILED) return kFailed;
    memory->base = static_cast<std::uint8_t*>(base);
    memory->reserved_bytes = size;
  }
  memory->size_bytes = size;
  Account(Category::kInstance, static_cast<std::int64_t>(added));
  return static_cast<std::uint32_t>(old_pages);
}

}  // namespace tenon::runtime
