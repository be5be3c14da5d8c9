// The allocators that call malloc, and the host's functions.
#include <cstdlib>
#include <cstring>

#include "runtime/memory/allocator.h"

namespace tenon::runtime {
namespace {

class System final : public Allocator {
 public:
  void* Allocate(std::size_t size, bool zeroed, Category) override {
    return zeroed ? std::calloc(1, size) : std::malloc(size);
  }
  void* Grow(void* block, std::size_t, std::size_t size, Category) override {
    return std::realloc(block, size);
  }
  void Free(void* block, std::size_t, Category) override { std::free(block); }
  bool may_map() const override { return true; }
};

// On small systems malloc aligns to 8 bytes only, and the host's functions may do no better. So
// blocks are aligned here. The byte before each block is the distance to the address that the host
// gave.
class Host final : public Allocator {
 public:
  void Use(const HostAllocator& host) { host_ = host; }

  void* Allocate(std::size_t size, bool zeroed, Category category) override {
    if (size > SIZE_MAX - kSlack) return nullptr;
    void* const given = host_.malloc(host_.state, category, size + kSlack);
    if (given == nullptr) return nullptr;
    void* const block = Align(given);
    if (zeroed) std::memset(block, 0, size);
    return block;
  }

  void* Grow(void* block, std::size_t old_size, std::size_t size, Category category) override {
    if (size > SIZE_MAX - kSlack) return nullptr;
    const std::size_t distance = DistanceOf(block);
    if (host_.realloc != nullptr) {
      void* const given = host_.realloc(
          host_.state, category, static_cast<std::uint8_t*>(block) - distance, size + kSlack);
      if (given == nullptr) return nullptr;
      auto* const moved = static_cast<std::uint8_t*>(given) + distance;
      void* const aligned = Align(given);
      if (aligned != moved) {
        std::memmove(aligned, moved, old_size);
        Align(given);  // writes the distance, which the move has overwritten
      }
      return aligned;
    }
    void* const moved = Allocate(size, false, category);
    if (moved == nullptr) return nullptr;
    std::memcpy(moved, block, old_size);
    Free(block, old_size, category);
    return moved;
  }

  void Free(void* block, std::size_t, Category category) override {
    host_.free(host_.state, category, static_cast<std::uint8_t*>(block) - DistanceOf(block));
  }
  bool may_map() const override { return false; }

 private:
  static constexpr std::size_t kSlack = 16;

  static std::size_t DistanceOf(const void* block) {
    return static_cast<const std::uint8_t*>(block)[-1];
  }
  static void* Align(void* given) {
    const auto address = reinterpret_cast<std::uintptr_t>(given);
    const std::size_t distance = 16 - address % 16;  // 1 to 16
    auto* const block = static_cast<std::uint8_t*>(given) + distance;
    block[-1] = static_cast<std::uint8_t>(distance);
    return block;
  }

  HostAllocator host_{};
};

}  // namespace

const char* CategoryName(Category category) {
  switch (category) {
    case Category::kRuntime: return "runtime";
    case Category::kModule: return "module";
    case Category::kInstance: return "instance";
    case Category::kExecutionEnvironment: return "execution environment";
    case Category::kCount: break;
  }
  return "unknown";
}

Allocator* SystemAllocator() {
  static constinit System allocator;
  return &allocator;
}

Allocator* MakeHostAllocator(const HostAllocator& host) {
  static constinit Host allocator;
  allocator.Use(host);
  return &allocator;
}

}  // namespace tenon::runtime
