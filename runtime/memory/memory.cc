// Counting: a header before each block holds its size and its ledger.
#include "runtime/memory/memory.h"

#include <cstring>
#include <utility>

#include "format/ranges.h"
#include "loader/os_memory.h"

namespace tenon::runtime {
namespace {

struct BlockHeader {
  Ledger* ledger;
  std::uint64_t size : 48;   // what was asked for
  std::uint64_t shift : 16;  // from the allocator's block to this header
};
static_assert(sizeof(BlockHeader) == 16);
constexpr std::uint64_t kMaximumSize = (std::uint64_t{1} << 48) - 1;

constinit Ledger g_categories[kCategories] = {
    {Category::kRuntime, nullptr},
    {Category::kModule, nullptr},
    {Category::kInstance, nullptr},
    {Category::kExecutionEnvironment, nullptr},
};
Allocator* g_allocator = nullptr;  // null: the system's

// Why the last request of this thread was refused.
struct Refusal {
  std::uint64_t asked = 0;
  const Ledger* ledger = nullptr;  // whose limit; null: the allocator had none left
  std::uint64_t left = 0;
};
thread_local Refusal t_refusal;
thread_local Ledger* t_scope = nullptr;

BlockHeader* HeaderOf(const void* block) {
  return static_cast<BlockHeader*>(const_cast<void*>(block)) - 1;
}

void* Make(Ledger& ledger, std::uint64_t size, std::size_t shift, bool zeroed) {
  const std::uint64_t total = size + shift + sizeof(BlockHeader);
  if (size > kMaximumSize || size > SIZE_MAX / 2) {
    t_refusal = {size, nullptr, 0};
    return nullptr;
  }
  if (!ledger.Add(size, 1)) return nullptr;
  void* const given = CurrentAllocator().Allocate(total, zeroed, ledger.category());
  if (given == nullptr) {
    ledger.Subtract(size, 1);
    t_refusal = {size, nullptr, 0};
    return nullptr;
  }
  ledger.NoteAllocation();
  return given;
}

}  // namespace

Usage Ledger::usage() const {
  const auto get = [](const auto& value) -> std::uint64_t {
    return value.load(std::memory_order_relaxed);
  };
  return {get(live_), get(peak_), get(blocks_), get(allocations_), get(file_bytes_), get(limit_)};
}

bool Ledger::Add(std::uint64_t bytes, std::uint32_t blocks) {
  const std::uint64_t limit = limit_.load(std::memory_order_relaxed);
  const std::uint64_t before = live_.fetch_add(bytes, std::memory_order_relaxed);
  if (bytes > limit || before > limit - bytes) {
    live_.fetch_sub(bytes, std::memory_order_relaxed);
    t_refusal = {bytes, this, before > limit ? 0 : limit - before};
    return false;
  }
  if (parent_ != nullptr && !parent_->Add(bytes, blocks)) {
    live_.fetch_sub(bytes, std::memory_order_relaxed);
    return false;
  }
  blocks_.fetch_add(blocks, std::memory_order_relaxed);
  return true;
}

void Ledger::NoteAllocation() {
  allocations_.fetch_add(1, std::memory_order_relaxed);
  const std::uint64_t live = live_.load(std::memory_order_relaxed);
  std::uint64_t peak = peak_.load(std::memory_order_relaxed);
  while (live > peak && !peak_.compare_exchange_weak(peak, live, std::memory_order_relaxed)) {
  }
  if (parent_ != nullptr) parent_->NoteAllocation();
}

void Ledger::Subtract(std::uint64_t bytes, std::uint32_t blocks) {
  live_.fetch_sub(bytes, std::memory_order_relaxed);
  blocks_.fetch_sub(blocks, std::memory_order_relaxed);
  if (parent_ != nullptr) parent_->Subtract(bytes, blocks);
}

void Ledger::CountMappedFile(std::int64_t bytes) {
  file_bytes_.fetch_add(static_cast<std::uint64_t>(bytes), std::memory_order_relaxed);
  if (parent_ != nullptr) parent_->CountMappedFile(bytes);
}

void Ledger::Adopt(void* block) {
  BlockHeader* const header = HeaderOf(block);
  header->ledger = this;
  const std::uint64_t live =
      live_.fetch_add(header->size, std::memory_order_relaxed) + header->size;
  if (live > peak_.load(std::memory_order_relaxed)) peak_.store(live, std::memory_order_relaxed);
  blocks_.fetch_add(1, std::memory_order_relaxed);
  allocations_.fetch_add(1, std::memory_order_relaxed);
}

void Ledger::TakeOver(void* block) {
  BlockHeader* const header = HeaderOf(block);
  header->ledger->Subtract(header->size, 1);
  header->ledger = this;
  for (Ledger* ledger = this; ledger != nullptr; ledger = ledger->parent_) {
    ledger->live_.fetch_add(header->size, std::memory_order_relaxed);
    ledger->blocks_.fetch_add(1, std::memory_order_relaxed);
  }
}

void Ledger::LeaveParent() {
  Ledger* const parent = parent_;
  if (parent == nullptr || parent->parent_ == nullptr) return;
  parent->live_.fetch_sub(live_.load(std::memory_order_relaxed), std::memory_order_relaxed);
  parent->blocks_.fetch_sub(blocks_.load(std::memory_order_relaxed), std::memory_order_relaxed);
  parent_ = parent->parent_;
}

void Ledger::ResetPeak() {
  peak_.store(live_.load(std::memory_order_relaxed), std::memory_order_relaxed);
  allocations_.store(0, std::memory_order_relaxed);
}

void Ledger::Forget() {
  live_.store(0, std::memory_order_relaxed);
  blocks_.store(0, std::memory_order_relaxed);
  file_bytes_.store(0, std::memory_order_relaxed);
}

Ledger& LedgerOf(Category category) { return g_categories[static_cast<std::size_t>(category)]; }

void* Allocate(Ledger& ledger, std::uint64_t size) {
  void* const given = Make(ledger, size, 0, true);
  if (given == nullptr) return nullptr;
  auto* const header = static_cast<BlockHeader*>(given);
  header->ledger = &ledger;
  header->size = size & kMaximumSize;
  header->shift = 0;
  return header + 1;
}

void* Allocate(Category category, std::uint64_t size) {
  const bool scoped = t_scope != nullptr && t_scope->category() == category;
  return Allocate(scoped ? *t_scope : LedgerOf(category), size);
}

LedgerScope::LedgerScope(Ledger* ledger) : outer_(t_scope) {
  if (ledger != nullptr) t_scope = ledger;
}
LedgerScope::~LedgerScope() { t_scope = outer_; }
Ledger* LedgerScope::current() { return t_scope; }

void* AllocateRaw(Ledger& ledger, std::uint64_t size, std::size_t alignment) {
  const std::size_t slack = alignment > 16 ? alignment : 0;
  void* const given = Make(ledger, size, slack, false);
  if (given == nullptr) return nullptr;
  const auto first = reinterpret_cast<std::uintptr_t>(given) + sizeof(BlockHeader);
  const std::uintptr_t block = slack == 0 ? first : AlignUp(first, alignment);
  BlockHeader* const header = reinterpret_cast<BlockHeader*>(block) - 1;
  header->ledger = &ledger;
  header->size = size & kMaximumSize;
  header->shift = (block - first) & 0xFFFF;
  return header + 1;
}

void* Resize(void* block, std::uint64_t size) {
  BlockHeader* const header = HeaderOf(block);
  Ledger& ledger = *header->ledger;
  const std::size_t old_size = header->size;
  if (size <= old_size) {  // the rest stays with the block, unused
    ledger.Subtract(old_size - size, 0);
    header->size = size & kMaximumSize;
    return block;
  }
  if (size > kMaximumSize || size > SIZE_MAX / 2) {
    t_refusal = {size, nullptr, 0};
    return nullptr;
  }
  if (header->shift != 0) {  // the allocator knows another address
    void* const copy = Allocate(ledger, size);
    if (copy == nullptr) return nullptr;
    std::memcpy(copy, block, old_size);
    Free(block);
    return copy;
  }
  if (!ledger.Add(size - old_size, 0)) return nullptr;
  void* const moved = CurrentAllocator().Grow(header, old_size + sizeof(BlockHeader),
                                              size + sizeof(BlockHeader), ledger.category());
  if (moved == nullptr) {
    ledger.Subtract(size - old_size, 0);
    t_refusal = {size - old_size, nullptr, 0};
    return nullptr;
  }
  ledger.NoteAllocation();
  auto* const grown = static_cast<BlockHeader*>(moved);
  grown->size = size & kMaximumSize;
  auto* const bytes = reinterpret_cast<std::uint8_t*>(grown + 1);
  std::memset(bytes + old_size, 0, size - old_size);
  return bytes;
}

void Free(void* block) {
  if (block == nullptr) return;
  BlockHeader* const header = HeaderOf(block);
  const std::size_t shift = header->shift;
  const std::size_t size = header->size + shift + sizeof(BlockHeader);
  const Category category = header->ledger->category();
  header->ledger->Subtract(header->size, 1);  // the ledger may lie in this very block
  CurrentAllocator().Free(reinterpret_cast<std::uint8_t*>(header) - shift, size, category);
}

std::size_t SizeOf(const void* block) { return HeaderOf(block)->size; }

Ledger& LedgerOf(const void* block) { return *HeaderOf(block)->ledger; }

bool Charge(Ledger& ledger, std::uint64_t bytes, std::uint32_t blocks) {
  if (!ledger.Add(bytes, blocks)) return false;
  if (CurrentAllocator().ReserveMapped(bytes)) {
    ledger.NoteAllocation();
    return true;
  }
  ledger.Subtract(bytes, blocks);
  t_refusal = {bytes, nullptr, 0};
  return false;
}

void Discharge(Ledger& ledger, std::uint64_t bytes) {
  CurrentAllocator().ReleaseMapped(bytes);
  ledger.Subtract(bytes, 1);
}

Error OutOfMemory(const char* purpose) {
  const auto wide = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
  const Refusal& refusal = t_refusal;
  if (refusal.ledger != nullptr) {
    return Error::Format("out of memory: %llu bytes for %s; %llu are left of the %s limit of %llu",
                         wide(refusal.asked), purpose, wide(refusal.left),
                         CategoryName(refusal.ledger->category()), wide(refusal.ledger->limit()));
  }
  const Capacity capacity = CurrentAllocator().capacity();
  if (!capacity.is_bounded)
    return Error::Format("out of memory: %llu bytes for %s", wide(refusal.asked), purpose);
  return Error::Format(
      "out of memory: %llu bytes for %s; the pool of %llu has %llu left, at most %llu in one block",
      wide(refusal.asked), purpose, wide(capacity.total), wide(capacity.free),
      wide(capacity.largest_free_block));
}

Allocator& CurrentAllocator() { return g_allocator != nullptr ? *g_allocator : *SystemAllocator(); }

void UseAllocator(Allocator* allocator) { g_allocator = allocator; }

loader::MemorySource ModuleMemorySource(Ledger* ledger) {
  using loader::MemorySource;
  return {
      [](void* state, std::uint64_t size, MemorySource::Use use) {
        return use == MemorySource::Use::kShared ? Allocate(Category::kRuntime, size)
                                                 : Allocate(*static_cast<Ledger*>(state), size);
      },
      [](void* block) { Free(block); },
      [](void* state, std::uint64_t size) -> void* {
        Ledger& module = *static_cast<Ledger*>(state);
        if (!CurrentAllocator().may_map()) return AllocateRaw(module, size, os::PageSize());
        if (!Charge(module, size)) return nullptr;
        void* const pages = os::MapAnonymous(size, os::Access::kReadWrite);
        if (pages == nullptr) Discharge(module, size);
        return pages;
      },
      [](void* state, void* pages, std::uint64_t size) {
        if (!CurrentAllocator().may_map()) return Free(pages);
        os::Unmap(pages, size);
        Discharge(*static_cast<Ledger*>(state), size);
      },
      [](void* state, std::int64_t bytes) { static_cast<Ledger*>(state)->CountMappedFile(bytes); },
      ledger,
  };
}

}  // namespace tenon::runtime
