// The memory source of a loader without a runtime: the C library and the system.
#include "loader/memory_source.h"

#include <cstdint>
#include <cstdlib>

#include "loader/os_memory.h"

namespace tenon::loader {

const MemorySource& SystemMemorySource() {
  static constexpr MemorySource source = {
      [](void*, std::uint64_t size, MemorySource::Use) {
        return size <= SIZE_MAX ? std::calloc(1, size) : nullptr;
      },
      [](void* block) { std::free(block); },
      [](void*, std::uint64_t size) { return os::MapAnonymous(size, os::Access::kReadWrite); },
      [](void*, void* pages, std::uint64_t size) { os::Unmap(pages, size); },
      [](void*, std::int64_t) {},
      nullptr,
  };
  return source;
}

}  // namespace tenon::loader
