// Allocates every byte of the runtime, and counts it.
//
// An allocation names a Ledger: a category's, or that of one module, instance or execution
// environment, which counts towards its category. Live bytes, peak, live blocks and mapped files
// are exact at any time. Each ledger can have a limit.
//
// The memory comes from the Allocator in use (allocator.h). All functions are thread safe, except
// UseAllocator, which is for initialisation.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "format/result.h"
#include "loader/memory_source.h"
#include "runtime/memory/allocator.h"

namespace tenon::runtime {

struct Usage {
  std::uint64_t live_bytes = 0;  // allocated and mapped anonymously
  std::uint64_t peak_bytes = 0;
  std::uint64_t live_blocks = 0;
  std::uint64_t allocations = 0;        // ever made
  std::uint64_t mapped_file_bytes = 0;  // read-only or copy-on-write pages of files; not in live
  std::uint64_t limit_bytes = std::numeric_limits<std::uint64_t>::max();
};

class Ledger {
 public:
  static constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

  // `parent` counts everything too; null for the ledger of a category.
  constexpr Ledger(Category category, Ledger* parent) : parent_(parent), category_(category) {}
  Ledger(const Ledger&) = delete;

  Category category() const { return category_; }
  Usage usage() const;
  void SetLimit(std::uint64_t bytes) { limit_.store(bytes, std::memory_order_relaxed); }
  std::uint64_t limit() const { return limit_.load(std::memory_order_relaxed); }

  // Counts. False, with nothing counted, if the limit of this ledger or of a parent would be
  // passed.
  bool Add(std::uint64_t bytes, std::uint32_t blocks);
  // After the memory that Add counted has been allocated.
  void NoteAllocation();
  void Subtract(std::uint64_t bytes, std::uint32_t blocks);
  void CountMappedFile(std::int64_t bytes);
  // Takes over a block that so far only the parent counts.
  void Adopt(void* block);
  // Takes a block over that another ledger counts, whatever the limits.
  void TakeOver(void* block);
  // Counts towards `parent` from now on; only while it counts nothing.
  void JoinParent(Ledger* parent) { parent_ = parent; }
  // Counts towards its parent's parent from now on, because the parent goes.
  void LeaveParent();
  // Forgets peak and number of allocations; for a new start of the runtime.
  void ResetPeak();
  // Forgets what is live, after the memory itself is gone.
  void Forget();

 private:
  Ledger* parent_;
  const Category category_;
  std::atomic<std::uint32_t> blocks_{0};
  std::atomic<std::uint64_t> live_{0}, peak_{0}, allocations_{0}, file_bytes_{0};
  std::atomic<std::uint64_t> limit_{kNoLimit};
};

Ledger& LedgerOf(Category category);

// Zeroed and 16-byte aligned; null if there is no memory left or a limit is reached.
void* Allocate(Ledger& ledger, std::uint64_t size);
void* Allocate(Category category,
               std::uint64_t size);  // on a LedgerScope's ledger, if there is one
// Not zeroed; any power of two up to 32768 as alignment.
void* AllocateRaw(Ledger& ledger, std::uint64_t size, std::size_t alignment);
// Grows or shrinks a block, in place where possible; new bytes are zero. A block that moves is
// aligned to 16 bytes. Null: left as it was.
void* Resize(void* block, std::uint64_t size);
void Free(void* block);
std::size_t SizeOf(const void* block);
Ledger& LedgerOf(const void* block);

// Counts memory that is mapped instead of allocated (Allocator::may_map). Discharge counts it, and
// one block, off again.
bool Charge(Ledger& ledger, std::uint64_t bytes, std::uint32_t blocks = 1);
void Discharge(Ledger& ledger, std::uint64_t bytes);

// After one of the functions above has failed on this thread: "out of memory: N bytes for
// `purpose`", and how much is left of the pool or the limit.
Error OutOfMemory(const char* purpose);

// While it lives, what this thread allocates in the category of `ledger` without naming a ledger is
// counted on `ledger`. Null: changes nothing.
class LedgerScope {
 public:
  explicit LedgerScope(Ledger* ledger);
  ~LedgerScope();
  LedgerScope(const LedgerScope&) = delete;
  // The innermost one's of this thread, or null.
  static Ledger* current();

 private:
  Ledger* outer_;
};

Allocator& CurrentAllocator();
// Only while nothing is allocated.
void UseAllocator(Allocator* allocator);

// Memory for a module whose ledger this is; the ledger must outlive the module.
loader::MemorySource ModuleMemorySource(Ledger* ledger);

}  // namespace tenon::runtime
