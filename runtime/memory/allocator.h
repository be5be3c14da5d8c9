// The three allocators of the memory model, with one interface. Only memory.h calls an Allocator,
// and does the counting.
//
// Exactly one is in use between initialisation and destruction of the runtime. All are thread safe.
#pragma once

#include <cstddef>
#include <cstdint>

#include "format/result.h"

namespace tenon::runtime {

// What memory is for: the categories of the memory model.
enum class Category : std::uint32_t { kRuntime, kModule, kInstance, kExecutionEnvironment, kCount };
inline constexpr std::size_t kCategories = static_cast<std::size_t>(Category::kCount);
const char* CategoryName(Category category);

struct Capacity {
  bool is_bounded = false;  // false: the figures below mean nothing
  std::uint64_t total = 0;
  std::uint64_t free = 0;
  std::uint64_t largest_free_block = 0;
  std::uint64_t peak = 0;  // the most that was ever in use
};

class Allocator {
 public:
  // 16-byte aligned; null if there is none left. `zeroed`: whether the bytes must be 0.
  virtual void* Allocate(std::size_t size, bool zeroed, Category category) = 0;
  // Grows a block, in place where possible; it may move. Null: it is left as it was. The new bytes
  // are not initialised.
  virtual void* Grow(void* block, std::size_t old_size, std::size_t size, Category category) = 0;
  virtual void Free(void* block, std::size_t size, Category category) = 0;
  // Whether linear memories, stacks and copies of code may be mapped from the system instead of
  // allocated here. If not, only read-only files are ever mapped.
  virtual bool may_map() const = 0;
  // Takes `size` mapped bytes out of the budget; false if it has fewer left.
  virtual bool ReserveMapped(std::uint64_t) { return true; }
  virtual void ReleaseMapped(std::uint64_t) {}
  virtual Capacity capacity() { return {}; }

 protected:
  ~Allocator() = default;
};

// malloc and anonymous mappings.
Allocator* SystemAllocator();

// Boost.Interprocess's rbtree_best_fit in `buffer` itself, whatever its alignment.
Result<Allocator*> MakePoolAllocator(void* buffer, std::size_t size);
// A pool of at most `size` bytes that Tenon maps itself; linear memories have guard
// pages and count towards the same size.
Result<Allocator*> MakeReservedPoolAllocator(std::size_t size);
// Unmaps a reserved pool. Whatever the pool held is gone.
void DestroyPoolAllocator();

// The host's functions. `realloc` may be null; Tenon then allocates, copies and frees.
struct HostAllocator {
  void* (*malloc)(void* state, Category category, std::uint64_t size);
  void* (*realloc)(void* state, Category category, void* block, std::uint64_t size);
  void (*free)(void* state, Category category, void* block);
  void* state;
};
Allocator* MakeHostAllocator(const HostAllocator& host);

}  // namespace tenon::runtime
