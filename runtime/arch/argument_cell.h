// An argument of a native call, in the register or stack slot where the convention puts it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace tenon::runtime {

class ArgumentCell {
 public:
  ArgumentCell(void* at, std::size_t bytes) : at_(at), bytes_(bytes) {}
  std::uint64_t Get() const {
    std::uint64_t value = 0;
    std::memcpy(&value, at_, bytes_);
    return value;
  }
  void Set(const void* pointer) const { std::memcpy(at_, &pointer, sizeof pointer); }

 private:
  void* at_;
  std::size_t bytes_;
};

}  // namespace tenon::runtime
