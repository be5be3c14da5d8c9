// Where every byte of the runtime comes from, by category (the WAMR memory model).
//
// Invariant: whoever allocates names the category; live bytes, peak and count are
// exact at any time, mapped memory included (Account).
#pragma once

#include <cstddef>
#include <cstdint>

namespace tenon::runtime {

enum class Category : std::uint32_t { kRuntime, kModule, kInstance, kExecutionEnvironment, kCount };

struct CategoryUsage {
  std::uint64_t live_bytes = 0;
  std::uint64_t peak_bytes = 0;
  std::uint64_t allocations = 0;  // ever made
};

// Zeroed and 16-byte aligned; null if there is no memory left.
void* Allocate(Category category, std::size_t size);
void Free(void* pointer);
// Counts memory that is mapped instead of allocated.
void Account(Category category, std::int64_t bytes);
CategoryUsage UsageOf(Category category);

}  // namespace tenon::runtime
