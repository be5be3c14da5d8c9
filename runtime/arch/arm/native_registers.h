// NativeRegisters and ArgumentCursor (native_call.h) of 32-bit ARM (AAPCS-VFP).
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/arch/argument_cell.h"
#include "runtime/arch/arm/arguments.h"

namespace tenon::runtime {

struct NativeRegisters {
  std::uint32_t integers[4];  // r0 to r3; the first two: the result
  std::uint32_t* stack;
  std::uint32_t padding;
  std::uint32_t floats[16];  // s0 to s15; the first two: the result

  void SetResult(char letter, std::uint64_t cell) {
    std::uint32_t* const words = letter == 'f' || letter == 'F' ? floats : integers;
    words[0] = static_cast<std::uint32_t>(cell);
    words[1] = static_cast<std::uint32_t>(cell >> 32);
  }
};
static_assert(offsetof(NativeRegisters, stack) == 16 && offsetof(NativeRegisters, floats) == 24 &&
              sizeof(NativeRegisters) == 88);

class ArgumentCursor {
 public:
  explicit ArgumentCursor(NativeRegisters* registers) : registers_(registers) {}

  ArgumentCell Next(char letter) {
    const bool floating = letter == 'f' || letter == 'F';
    const bool wide = letter == 'F' || letter == 'I';
    const auto at = floating ? arguments_.Float(wide) : arguments_.Integer(wide);
    std::uint32_t* const words = at.place == ArmArguments::Place::kInteger ? registers_->integers
                                 : at.place == ArmArguments::Place::kFloat ? registers_->floats
                                                                           : registers_->stack;
    return {words + at.word, wide ? std::size_t{8} : 4};
  }

 private:
  static ArmArguments AfterEnvironment() {
    ArmArguments arguments;
    arguments.Integer(false);
    return arguments;
  }
  NativeRegisters* registers_;
  ArmArguments arguments_ = AfterEnvironment();
};

}  // namespace tenon::runtime
