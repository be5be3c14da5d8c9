// NativeRegisters and ArgumentCursor (native_call.h) of AAPCS64.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/arch/argument_cursor.h"

namespace tenon::runtime {

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
using ArgumentCursor = WordCursor<NativeRegisters, 8, 8, false>;

}  // namespace tenon::runtime
