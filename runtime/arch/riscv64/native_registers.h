// NativeRegisters and ArgumentCursor (native_call.h) of 64-bit RISC-V.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/arch/argument_cursor.h"

namespace tenon::runtime {

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
using ArgumentCursor = WordCursor<NativeRegisters, 8, 8, true>;

}  // namespace tenon::runtime
