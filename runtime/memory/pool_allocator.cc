// Pools: Boost.Interprocess's rbtree_best_fit inside the buffer that it manages.
//
// Invariants: the tree is accessed under the mutex. Its own words count as used, so that the size
// covers everything. A reserved pool's mapped memory and its tree share one budget.
#include <algorithm>
#include <boost/interprocess/mem_algo/rbtree_best_fit.hpp>
#include <boost/interprocess/sync/mutex_family.hpp>
#include <cstring>
#include <new>

#include "format/locking.h"
#include "format/ranges.h"
#include "loader/os_memory.h"
#include "runtime/memory/allocator.h"

namespace tenon::runtime {
namespace {

namespace interprocess = boost::interprocess;

class Pool final : public Allocator {
 public:
  void UseBuffer(void* buffer, std::size_t size, bool reserved) {
    const MutexLock lock(mutex_);
    tree_ = new (buffer) Tree(size, 0);
    size_ = size;
    reserved_ = reserved;
    mapped_ = 0;
    peak_ = 0;
  }
  void Close() {
    const MutexLock lock(mutex_);
    if (tree_ != nullptr && reserved_) os::Unmap(tree_, size_);
    if (tree_ != nullptr && !reserved_) MakeWritable();
    tree_ = nullptr;
  }
  static std::size_t MinimumSize() { return Tree::get_min_size(0) + 64; }

  void* Allocate(std::size_t size, bool zeroed, Category) override {
    void* block = nullptr;
    {
      const MutexLock lock(mutex_);
      if (size > Left()) return nullptr;
      block = tree_->allocate(size);
      NotePeak();
    }
    if (block != nullptr && zeroed) std::memset(block, 0, size);
    return block;
  }

  void* Grow(void* block, std::size_t old_size, std::size_t size, Category category) override {
    {
      const MutexLock lock(mutex_);
      if (size - old_size > Left()) return nullptr;
      if (Tree::size_type received = size; Expand(block, size, &received, false)) {
        NotePeak();
        return block;
      }
    }
    if (void* const moved = Allocate(size, false, category)) {
      std::memcpy(moved, block, old_size);
      Free(block, old_size, category);
      return moved;
    }
    // Into the free space before the block as well.
    const MutexLock lock(mutex_);
    Tree::size_type received = size;
    void* const moved = Expand(block, size, &received, true);
    NotePeak();
    if (moved != nullptr && moved != block) std::memmove(moved, block, old_size);
    return moved;
  }

  void Free(void* block, std::size_t, Category) override {
    const MutexLock lock(mutex_);
    tree_->deallocate(block);
  }

  bool may_map() const override { return reserved_; }
  bool ReserveMapped(std::uint64_t size) override {
    const MutexLock lock(mutex_);
    if (size > Left()) return false;
    mapped_ += size;
    NotePeak();
    return true;
  }
  void ReleaseMapped(std::uint64_t size) override {
    const MutexLock lock(mutex_);
    mapped_ -= size;
  }

  Capacity capacity() override {
    const MutexLock lock(mutex_);
    return {true, size_, Left(), std::min(LargestFreeBlock(), Left()), peak_};
  }

 private:
  using Tree = interprocess::rbtree_best_fit<interprocess::null_mutex_family, void*>;

  // The host gets its buffer back. Modules that were never unloaded have left read-only pages in
  // it.
  void MakeWritable() TENON_REQUIRES(mutex_) {
    const std::uintptr_t page = os::PageSize();
    const std::uintptr_t begin = AlignUp(reinterpret_cast<std::uintptr_t>(tree_), page);
    const std::uintptr_t end = AlignDown(reinterpret_cast<std::uintptr_t>(tree_) + size_, page);
    if (begin < end)
      os::Protect(reinterpret_cast<void*>(begin), end - begin, os::Access::kReadWrite);
  }

  std::size_t Left() const TENON_REQUIRES(mutex_) {
    const std::size_t free = tree_->get_free_memory();
    return free > mapped_ ? free - mapped_ : 0;
  }

  void NotePeak() TENON_REQUIRES(mutex_) { peak_ = std::max<std::uint64_t>(peak_, size_ - Left()); }

  void* Expand(void* block, std::size_t size, Tree::size_type* received, bool backwards)
      TENON_REQUIRES(mutex_) {
    auto command = interprocess::expand_fwd | interprocess::nothrow_allocation;
    if (backwards) command |= interprocess::expand_bwd;
    void* reuse = block;
    return tree_->raw_allocation_command(command, size, *received, reuse);
  }

  // Asks for everything, for which the tree gives the largest block that it has.
  std::size_t LargestFreeBlock() TENON_REQUIRES(mutex_) {
    Tree::size_type received = size_;
    void* reuse = nullptr;
    void* const block = tree_->raw_allocation_command(
        interprocess::allocate_new | interprocess::nothrow_allocation, 1, received, reuse);
    if (block == nullptr) return 0;
    tree_->deallocate(block);
    return received;
  }

  Mutex mutex_;
  Tree* tree_ TENON_POINTEE_GUARDED_BY(mutex_) = nullptr;
  std::size_t size_ = 0;  // constant from UseBuffer to Close, like tree_ and reserved_
  std::uint64_t mapped_ TENON_GUARDED_BY(mutex_) = 0;
  std::uint64_t peak_ TENON_GUARDED_BY(mutex_) = 0;
  bool reserved_ = false;
};

constinit Pool g_pool;

}  // namespace

Result<Allocator*> MakePoolAllocator(void* buffer, std::size_t size) {
  const auto address = reinterpret_cast<std::uintptr_t>(buffer);
  const std::size_t skipped = AlignUp(address, 16) - address;
  if (size < skipped + Pool::MinimumSize()) {
    return Error::Format("the pool of %zu bytes is too small: at least %zu are needed", size,
                         Pool::MinimumSize() + 15);
  }
  g_pool.UseBuffer(static_cast<std::uint8_t*>(buffer) + skipped, AlignDown(size - skipped, 16),
                   false);
  return &g_pool;
}

Result<Allocator*> MakeReservedPoolAllocator(std::size_t size) {
  const std::size_t whole = os::PageAlign(size);
  if (whole < Pool::MinimumSize()) return Error::Format("a pool of 0 bytes is too small");
  void* const base = os::MapAnonymous(whole, os::Access::kReadWrite);
  if (base == nullptr) return Error::Format("out of memory: %zu bytes for a pool", whole);
  g_pool.UseBuffer(base, whole, true);
  return &g_pool;
}

void DestroyPoolAllocator() { g_pool.Close(); }

}  // namespace tenon::runtime
