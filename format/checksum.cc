// The container's checksum: a multiply-mix over four independent lanes of 8 bytes, so that four
// multiplications are in flight at once.
//
// Every step is a bijection of the lane (xor with the input, multiplication by an odd number,
// xor-shift), and the lanes are combined by bijections too. So two inputs of the same size that
// differ within one 8-byte word never collide: every change of a single byte is detected. The
// checksum is not cryptographic.
#include <cstring>

#include "format/container.h"

namespace tenon::container {
namespace {

constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15u;  // odd

inline std::uint64_t Mix(std::uint64_t lane, std::uint64_t word) {
  lane = (lane ^ word) * kMultiplier;
  return lane ^ (lane >> 32);
}

inline std::uint64_t LoadWord(const std::uint8_t* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

}  // namespace

std::uint64_t Checksum(const void* data, std::uint64_t size) {
  const auto* bytes = static_cast<const std::uint8_t*>(data);
  std::uint64_t lanes[4] = {0x243F6A8885A308D3u, 0x13198A2E03707344u, 0xA4093822299F31D0u,
                            0x082EFA98EC4E6C89u};
  std::uint64_t left = size;
  for (; left >= 32; left -= 32, bytes += 32) {
    lanes[0] = Mix(lanes[0], LoadWord(bytes));
    lanes[1] = Mix(lanes[1], LoadWord(bytes + 8));
    lanes[2] = Mix(lanes[2], LoadWord(bytes + 16));
    lanes[3] = Mix(lanes[3], LoadWord(bytes + 24));
  }
  std::uint8_t tail[32] = {};
  if (left != 0) std::memcpy(tail, bytes, left);
  std::uint64_t result = size;  // distinguishes inputs that differ in trailing zeros only
  for (int lane = 0; lane < 4; ++lane) {
    result = Mix(result, Mix(lanes[lane], LoadWord(tail + lane * 8)));
  }
  return result;
}

}  // namespace tenon::container
