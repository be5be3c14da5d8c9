// Native functions that want their arguments converted: what the assembly of
// tenon_convert_call and the C++ behind it share, for each architecture.
//
// tenon_convert_call is entered as the native function itself would be, with the HostFunction in
// the register of host_call's convention. It fills NativeRegisters, calls
// tenon_convert_arguments(host, registers), and then either loads all registers again and jumps
// to the address that returned, or, for null, returns with the results in NativeRegisters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "format/abi.h"
#include "runtime/arguments_arm.h"

namespace tenon::runtime {

#if defined(__x86_64__)
struct NativeRegisters {
  std::uint64_t integers[6];  // rdi, rsi, rdx, rcx, r8, r9; integers[0]: the result, rax
  std::uint64_t* stack;       // first argument on the stack
  std::uint64_t padding;
  std::uint64_t vectors[8][2];  // xmm0 to xmm7; vectors[0]: the result, xmm0

  void SetResult(char letter, std::uint64_t cell) {
    if (letter == 'f' || letter == 'F') {
      vectors[0][0] = cell;
    } else {
      integers[0] = cell;
    }
  }
};
static_assert(offsetof(NativeRegisters, stack) == 48 && offsetof(NativeRegisters, vectors) == 64 &&
              sizeof(NativeRegisters) == 192);
inline constexpr std::size_t kIntegerRegisters = 6, kVectorRegisters = 8;
#elif defined(__aarch64__)
struct NativeRegisters {
  std::uint64_t integers[8];  // x0 to x7; integers[0]: the result
  std::uint64_t* stack;
  std::uint64_t padding;
  std::uint64_t vectors[8][2];  // q0 to q7; vectors[0]: the result

  void SetResult(char letter, std::uint64_t cell) {
    if (letter == 'f' || letter == 'F') {
      vectors[0][0] = cell;
    } else {
      integers[0] = cell;
    }
  }
};
static_assert(offsetof(NativeRegisters, stack) == 64 && offsetof(NativeRegisters, vectors) == 80 &&
              sizeof(NativeRegisters) == 208);
inline constexpr std::size_t kIntegerRegisters = 8, kVectorRegisters = 8;
#elif defined(__riscv)
struct NativeRegisters {
  std::uint64_t integers[8];  // a0 to a7; integers[0]: the result
  std::uint64_t* stack;
  std::uint64_t padding;
  std::uint64_t vectors[8][2];  // fa0 to fa7, in the first word; vectors[0]: the result

  void SetResult(char letter, std::uint64_t cell) {
    if (letter == 'f' || letter == 'F') {
      vectors[0][0] = letter == 'f' ? cell | ~std::uint64_t{0xFFFFFFFF} : cell;  // NaN-boxed
    } else {
      integers[0] = letter == 'i' ? static_cast<std::uint64_t>(
                                        static_cast<std::int64_t>(static_cast<std::int32_t>(cell)))
                                  : cell;
    }
  }
};
static_assert(offsetof(NativeRegisters, stack) == 64 && offsetof(NativeRegisters, vectors) == 80 &&
              sizeof(NativeRegisters) == 208);
inline constexpr std::size_t kIntegerRegisters = 8, kVectorRegisters = 8;
#elif defined(__arm__)
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
#endif

// An argument where the convention has put it.
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

// Walks the arguments in the order of the signature's letters; the execution environment, which
// comes first in all of them, is behind it from the start.
class ArgumentCursor {
 public:
  explicit ArgumentCursor(NativeRegisters* registers) : registers_(registers) {}

#if defined(__arm__)
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
  static ArmArguments BehindEnvironment() {
    ArmArguments arguments;
    arguments.Integer(false);
    return arguments;
  }
  NativeRegisters* registers_;
  ArmArguments arguments_ = BehindEnvironment();
};
#else
  ArgumentCell Next(char letter) { return {Find(letter), 8}; }

 private:
  std::uint64_t* Find(char letter) {
    const bool floating = letter == 'f' || letter == 'F' || letter == 'V';
    if (floating && vectors_ < kVectorRegisters) return registers_->vectors[vectors_++];
#if defined(__riscv)
    // Floats that find no register of their kind take the next integer one.
    if (integers_ < kIntegerRegisters) return &registers_->integers[integers_++];
#else
    if (!floating && integers_ < kIntegerRegisters) return &registers_->integers[integers_++];
#endif
    return &registers_->stack[words_++];
  }

  NativeRegisters* registers_;
  std::size_t integers_ = 1, vectors_ = 0, words_ = 0;
};
#endif

}  // namespace tenon::runtime

extern "C" {
void tenon_convert_call();
__attribute__((visibility("hidden"))) const void* tenon_convert_arguments(
    tenon::abi::HostFunction* host, tenon::runtime::NativeRegisters* registers);
}
