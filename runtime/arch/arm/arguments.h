// Where the C convention (AAPCS-VFP) puts arguments on 32-bit ARM: 64-bit integers in even pairs of
// r0 to r3, floats in the first free register of s0 to s15, doubles in the first free pair of them.
// Arguments without a register go on the stack, 64-bit values 8-byte aligned.
#pragma once

#include <cstdint>

namespace tenon::runtime {

class ArmArguments {
 public:
  enum class Place { kInteger, kFloat, kStack };
  struct Position {
    Place place;
    std::uint32_t word;  // r0 to r3, s0 to s15, or 32-bit words of the stack
  };

  Position Integer(bool wide) {
    if (wide) integers_ += integers_ & 1;
    const std::uint32_t words = wide ? 2 : 1;
    if (integers_ + words > 4) {
      integers_ = 4;  // later ones do not go back to registers
      return Stack(wide);
    }
    integers_ += words;
    return {Place::kInteger, integers_ - words};
  }
  Position Float(bool wide) {
    const std::uint32_t step = wide ? 2 : 1, mask = wide ? 3 : 1;
    for (std::uint32_t i = 0; i + step <= 16; i += step) {
      if ((floats_ >> i & mask) != 0) continue;
      floats_ |= mask << i;
      return {Place::kFloat, i};
    }
    floats_ = 0xFFFF;
    return Stack(wide);
  }
  std::uint32_t stack_words() const { return stack_; }

 private:
  Position Stack(bool wide) {
    if (wide) stack_ += stack_ & 1;
    stack_ += wide ? 2 : 1;
    return {Place::kStack, stack_ - (wide ? 2 : 1)};
  }

  std::uint32_t integers_ = 0, floats_ = 0, stack_ = 0;
};

}  // namespace tenon::runtime
