// Linear memories in their three forms. Only the program touches mapped pages: fresh pages are the
// system's zero page, and the initial image is mapped copy-on-write.
//
// Invariants: [base, base + size_bytes) is readable and writable. In guard mode the rest of the
// reservation is not accessible and is registered with the trap handler. A memory is mapped if the
// allocator may map, and otherwise a block of it; that does not change while there are memories.
// The ledger counts size_bytes.
#include "runtime/memory/linear_memory.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "format/locking.h"
#include "format/ranges.h"
#include "runtime/memory/reservations.h"

namespace tenon::runtime {
namespace {

// Properties of a memory in MemoryInstance::flags, above the bits of container::LimitsFlag.
enum class Trait {
  kGuarded,     // reserved for every 32-bit index, registered
  kReserved,    // reserved up to the maximum: the base stays
  kLargePages,  // mapped, and large pages asked for
  kBorrowed,    // see ShareLinearMemory
};
constexpr std::uint32_t BitOf(Trait trait) { return 1U << (16 + static_cast<unsigned>(trait)); }
static_assert((container::kLimits64 | container::kLimitsShared) < BitOf(Trait::kGuarded));

bool Has(const abi::MemoryInstance& memory, Trait trait) {
  return (memory.flags & BitOf(trait)) != 0;
}
void Set(abi::MemoryInstance* memory, Trait trait) { memory->flags |= BitOf(trait); }

// Programs that stride through arrays in a memory this large are limited by address translation
// (PolyBench's correlation takes 1.6 times as long with small pages). In smaller memories the
// unused rest of large pages would cost more than they gain.
constexpr std::uint64_t kLargePagesFrom = 8U << 20;
// Linux (from 6.7) aligns mappings whose length is a multiple of this. Without the alignment one
// large page fewer fits.
constexpr std::uint64_t kLargePage = 2U << 20;

constexpr std::uint64_t kMaximumBytes = std::uint64_t{1} << 46;  // more than any address space has

// Taken while a shared memory grows.
constinit Mutex g_grow_mutex;
// The copies of shared memories (ShareLinearMemory).
struct Borrowing {
  Borrowing* next;
  abi::MemoryInstance* copy;
  abi::MemoryInstance* original;
};
Borrowing* g_borrowings TENON_GUARDED_BY(g_grow_mutex) = nullptr;

abi::MemoryInstance* OriginalOf(abi::MemoryInstance* memory) TENON_REQUIRES(g_grow_mutex) {
  for (const Borrowing* one = g_borrowings; one != nullptr; one = one->next) {
    if (one->copy == memory) return one->original;
  }
  return memory;
}

void GiveBack(const abi::MemoryInstance* copy) {
  const MutexLock lock(g_grow_mutex);
  for (Borrowing** link = &g_borrowings; *link != nullptr; link = &(*link)->next) {
    Borrowing* const borrowing = *link;
    if (borrowing->copy != copy) continue;
    *link = borrowing->next;
    return Free(borrowing);
  }
}

std::uint64_t GuardReservation() {
  return AlignUp(abi::kGuardIndexSpace + abi::kGuardBytes + os::PageSize(), kLargePage);
}

Ledger& LedgerOf(const abi::MemoryInstance& memory) { return *static_cast<Ledger*>(memory.ledger); }

Status PlaceImage(const abi::MemoryInstance& memory, const MemoryImage& image) {
  for (const container::MemoryPieceEntry& piece : image.pieces) {
    std::uint8_t* const destination = memory.base + piece.address;
    std::uint64_t mapped = 0;
    if (image.file.descriptor >= 0 && piece.offset % os::PageSize() == 0 &&
        piece.address % os::PageSize() == 0) {
      // Whole pages: what follows in the file is not part of the piece.
      mapped = piece.size / os::PageSize() * os::PageSize();
      if (mapped != 0 && os::MapFile(destination, image.file, piece.offset, mapped,
                                     os::Access::kReadWrite) == nullptr) {
        return Error::Format("out of memory: %llu bytes of a memory image cannot be mapped",
                             static_cast<unsigned long long>(piece.size));
      }
    }
    std::memcpy(destination + mapped, image.bytes + piece.offset + mapped, piece.size - mapped);
  }
  return Status::Ok();
}

Error NoMemory(std::uint64_t pages) {
  char purpose[80];
  std::snprintf(purpose, sizeof purpose, "a linear memory of %llu pages",
                static_cast<unsigned long long>(pages));
  return OutOfMemory(purpose);
}

// Charged by the caller.
void* Map(std::uint64_t size, std::uint64_t reserved, bool reserve, bool guard) {
  void* const base =
      os::MapAnonymous(reserved, reserve ? os::Access::kNone : os::Access::kReadWrite);
  if (base == nullptr) return nullptr;
  const bool open = (!reserve || size == 0 || os::Protect(base, size, os::Access::kReadWrite)) &&
                    (!guard || RegisterReservation(base, reserved));
  if (open) return base;
  os::Unmap(base, reserved);
  return nullptr;
}

// For the whole reservation, so that the memory stays one mapping as it grows.
void AskForLargePages(abi::MemoryInstance* memory, std::uint64_t size) {
  if (size < kLargePagesFrom || Has(*memory, Trait::kLargePages)) return;
  os::PreferLargePages(memory->base, memory->reserved_bytes);
  Set(memory, Trait::kLargePages);
}

bool GrowMapped(abi::MemoryInstance* memory, std::uint64_t size) {
  const std::uint64_t added = size - memory->size_bytes;
  const std::uint32_t blocks = memory->base == nullptr ? 1 : 0;
  const bool stays = Has(*memory, Trait::kGuarded) || Has(*memory, Trait::kReserved);
  if (stays && size > memory->reserved_bytes) return false;
  if (!Charge(LedgerOf(*memory), added, blocks)) return false;
  if (stays) {
    if (os::Protect(memory->base + memory->size_bytes, added, os::Access::kReadWrite)) {
      AskForLargePages(memory, size);
      return true;
    }
  } else {
    // mremap refuses a range of several mappings, which a memory image mapped from the file would
    // make of it. So CreateLinearMemory's callers copy the image in this mode.
    void* const base = memory->base == nullptr
                           ? os::MapAnonymous(size, os::Access::kReadWrite)
                           : os::Remap(memory->base, memory->reserved_bytes, size);
    if (base != nullptr) {
      memory->base = static_cast<std::uint8_t*>(base);
      memory->reserved_bytes = size;
      AskForLargePages(memory, size);
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

constexpr std::uint64_t kFailed = ~std::uint64_t{0};

// The old number of pages, or kFailed.
std::uint64_t Grow(abi::MemoryInstance* memory, std::uint64_t pages, bool may_move) {
  const std::uint64_t old_pages = memory->size_bytes >> memory->page_size_log2;
  if (pages > memory->maximum_pages || old_pages > memory->maximum_pages - pages) return kFailed;
  if (pages == 0) return old_pages;
  const std::uint64_t size = memory->size_bytes + (pages << memory->page_size_log2);
  const bool grown = CurrentAllocator().may_map() ? GrowMapped(memory, size)
                                                  : may_move && GrowAllocated(memory, size);
  if (!grown) return kFailed;
  __atomic_store_n(&memory->size_bytes, size, __ATOMIC_RELEASE);
  return old_pages;
}

}  // namespace

bool HasGuard(const abi::MemoryInstance& memory) { return Has(memory, Trait::kGuarded); }

bool NeedsGuard(const container::LimitsEntry& limits) {
  return (limits.flags & container::kLimits64) == 0 && limits.page_size_log2 == 16;
}

std::uint64_t SizeOf(const abi::MemoryInstance& memory) {
  return __atomic_load_n(&memory.size_bytes, __ATOMIC_ACQUIRE);
}

Status CreateLinearMemory(abi::MemoryInstance* memory, const container::LimitsEntry& limits,
                          bool guard, const MemoryImage& image, Ledger& ledger) {
  const std::uint64_t most = kMaximumBytes >> limits.page_size_log2;
  *memory = {};
  memory->page_size_log2 = limits.page_size_log2;
  memory->flags = limits.flags;
  memory->ledger = &ledger;
  if (limits.minimum > most) return NoMemory(limits.minimum);
  const std::uint64_t addressable = (limits.flags & container::kLimits64) != 0 ? most
                                    : limits.page_size_log2 == 0
                                        ? std::uint64_t{0xFFFFFFFF}
                                        : abi::kGuardIndexSpace >> limits.page_size_log2;
  memory->maximum_pages = std::min(limits.maximum, addressable);
  const std::uint64_t size = limits.minimum << limits.page_size_log2;
  guard = guard && NeedsGuard(limits);
  // Others may be using a shared memory's base while it grows.
  const bool is_shared = (limits.flags & container::kLimitsShared) != 0;
  if (CurrentAllocator().may_map()) {
    const std::uint64_t most_used =
        is_shared ? memory->maximum_pages << limits.page_size_log2 : size;
    const std::uint64_t reserved = guard                          ? GuardReservation()
                                   : most_used >= kLargePagesFrom ? AlignUp(most_used, kLargePage)
                                                                  : most_used;
    if (reserved == 0) return Status::Ok();
    if (!Charge(ledger, size)) return NoMemory(limits.minimum);
    const bool reserve = guard || is_shared;
    memory->base = static_cast<std::uint8_t*>(Map(size, reserved, reserve, guard));
    if (memory->base == nullptr) {
      Discharge(ledger, size);
      return Error::Format("out of memory: %llu bytes of address space for a linear memory",
                           static_cast<unsigned long long>(reserved));
    }
    memory->reserved_bytes = reserved;
    if (reserve) Set(memory, guard ? Trait::kGuarded : Trait::kReserved);
    AskForLargePages(memory, size);
  } else if (size != 0) {
    memory->base = static_cast<std::uint8_t*>(Allocate(ledger, size));
    if (memory->base == nullptr) return NoMemory(limits.minimum);
    memory->reserved_bytes = size;
  }
  memory->size_bytes = size;
  Status placed = PlaceImage(*memory, image);
  if (!placed.ok()) DestroyLinearMemory(memory);
  return placed;
}

void ForgetShares() {
  const MutexLock lock(g_grow_mutex);
  g_borrowings = nullptr;
}

bool IsBorrowed(const abi::MemoryInstance& memory) { return Has(memory, Trait::kBorrowed); }

Status ShareLinearMemory(abi::MemoryInstance* copy, abi::MemoryInstance* original, Ledger& ledger) {
  auto* const borrowing = static_cast<Borrowing*>(Allocate(ledger, sizeof(Borrowing)));
  if (borrowing == nullptr) return OutOfMemory("a share of a linear memory");
  const MutexLock lock(g_grow_mutex);
  original = OriginalOf(original);
  *borrowing = {g_borrowings, copy, original};
  g_borrowings = borrowing;
  *copy = *original;
  Set(copy, Trait::kBorrowed);
  return Status::Ok();
}

void DestroyLinearMemory(abi::MemoryInstance* memory) {
  if (IsBorrowed(*memory)) {
    GiveBack(memory);
    *memory = {};
    return;
  }
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

std::uint64_t GrowLinearMemory(abi::MemoryInstance* memory, std::uint64_t pages, bool is_unused) {
  if ((memory->flags & container::kLimitsShared) == 0) return Grow(memory, pages, true);
  const MutexLock lock(g_grow_mutex);
  memory = OriginalOf(memory);
  // A block of the allocator must not move while other threads use it.
  const std::uint64_t old_pages = Grow(memory, pages, is_unused);
  if (old_pages == kFailed || pages == 0) return old_pages;
  for (const Borrowing* one = g_borrowings; one != nullptr; one = one->next) {
    if (one->original != memory) continue;
    __atomic_store_n(&one->copy->size_bytes, memory->size_bytes, __ATOMIC_RELEASE);
  }
  return old_pages;
}

}  // namespace tenon::runtime
