// The system allocator behind Allocate, with a small header in front of each
// block that remembers category and size for the counters.
#include "runtime/memory.h"

#include <atomic>
#include <cstdlib>

namespace tenon::runtime {
namespace {

struct alignas(16) BlockHeader {
  std::uint64_t size;
  Category category;
};
static_assert(sizeof(BlockHeader) == 16);

struct Counters {
  std::atomic<std::uint64_t> live{0}, peak{0}, allocations{0};
};
Counters g_counters[static_cast<std::size_t>(Category::kCount)];

}  // namespace

void Account(Category category, std::int64_t bytes) {
  Counters& counters = g_counters[static_cast<std::size_t>(category)];
  const std::uint64_t live = counters.live.fetch_add(static_cast<std::uint64_t>(bytes)) +
                             static_cast<std::uint64_t>(bytes);
  if (bytes <= 0) return;
  counters.allocations.fetch_add(1);
  std::uint64_t peak = counters.peak.load();
  while (live > peak && !counters.peak.compare_exchange_weak(peak, live)) {
  }
}

void* Allocate(Category category, std::size_t size) {
  if (size > SIZE_MAX / 2) return nullptr;
  auto* header = static_cast<BlockHeader*>(std::calloc(1, sizeof(BlockHeader) + size));
  if (header == nullptr) return nullptr;
  header->size = size;
  header->category = category;
  Account(category, static_cast<std::int64_t>(size));
  return header + 1;
}

void Free(void* pointer) {
  if (pointer == nullptr) return;
  BlockHeader* header = static_cast<BlockHeader*>(pointer) - 1;
  Account(header->category, -static_cast<std::int64_t>(header->size));
  std::free(header);
}

CategoryUsage UsageOf(Category category) {
  const Counters& counters = g_counters[static_cast<std::size_t>(category)];
  return {counters.live.load(), counters.peak.load(), counters.allocations.load()};
}

}  // namespace tenon::runtime
