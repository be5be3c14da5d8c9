// A growable array in instance memory, for what a WASI context owns, so that every byte is counted
// and comes from the pool. Internal to runtime/wasi/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "runtime/memory/memory.h"

namespace tenon::runtime::wasi {

template <typename T>
class Array {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Array() = default;
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;
  ~Array() { Free(elements_); }

  std::size_t size() const { return size_; }
  T* data() { return elements_; }
  const T* data() const { return elements_; }
  T& operator[](std::size_t index) { return elements_[index]; }
  const T& operator[](std::size_t index) const { return elements_[index]; }
  T* begin() { return elements_; }
  T* end() { return elements_ + size_; }

  // False: there is no memory, and nothing has changed.
  [[nodiscard]] bool Reserve(std::size_t capacity) {
    if (capacity <= capacity_) return true;
    if (capacity > SIZE_MAX / sizeof(T) || capacity > UINT32_MAX) return false;
    auto* const elements = static_cast<T*>(Allocate(Category::kInstance, capacity * sizeof(T)));
    if (elements == nullptr) return false;
    if (size_ != 0) std::memcpy(elements, elements_, size_ * sizeof(T));
    Free(elements_);
    elements_ = elements;
    capacity_ = static_cast<std::uint32_t>(capacity);
    return true;
  }
  [[nodiscard]] bool Append(const T& element) {
    if (size_ == capacity_ && !Reserve(capacity_ == 0 ? 4 : std::size_t{capacity_} * 2))
      return false;
    elements_[size_++] = element;
    return true;
  }
  // New elements are all zero bytes.
  [[nodiscard]] bool Resize(std::size_t size) {
    if (!Reserve(size)) return false;
    if (size > size_)
      std::memset(static_cast<void*>(elements_ + size_), 0, (size - size_) * sizeof(T));
    size_ = static_cast<std::uint32_t>(size);
    return true;
  }

 private:
  T* elements_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
};

}  // namespace tenon::runtime::wasi
