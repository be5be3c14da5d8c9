// Unsigned LEB128 numbers in the byte streams of the container (unwind_rows.h, fault_places.h).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tenon::container {

inline void AppendNumber(std::uint64_t number, std::vector<std::uint8_t>& bytes) {
  for (; number >= 0x80; number >>= 7) bytes.push_back(static_cast<std::uint8_t>(number | 0x80));
  bytes.push_back(static_cast<std::uint8_t>(number));
}

// Reads numbers until one is not whole; from then on there are none. No allocation, so a signal
// handler may.
class Numbers {
 public:
  explicit Numbers(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  bool Next(std::uint64_t* number) {
    *number = 0;
    for (unsigned shift = 0; !bytes_.empty() && shift < 56; shift += 7) {
      const std::uint8_t byte = bytes_.front();
      bytes_ = bytes_.subspan(1);
      *number |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

}  // namespace tenon::container
