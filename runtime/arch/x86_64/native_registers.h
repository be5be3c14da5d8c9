// NativeRegisters and ArgumentCursor (native_call.h) of x86-64 System V.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/arch/argument_cursor.h"

namespace tenon::runtime {

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
using ArgumentCursor = WordCursor<NativeRegisters, 6, 8, false>;

}  // namespace tenon::runtime
