// Iterates over a native call's arguments in conventions where all are 64-bit words: in integer
// registers, in vector registers, then in order on the stack.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/arch/argument_cell.h"

namespace tenon::runtime {

// `floats_in_integer_registers`: floats beyond the vector registers take the next integer register.
template <typename Registers, std::size_t integer_registers, std::size_t vector_registers,
          bool floats_in_integer_registers>
class WordCursor {
 public:
  explicit WordCursor(Registers* registers) : registers_(registers) {}

  ArgumentCell Next(char letter) { return {Find(letter), 8}; }

 private:
  std::uint64_t* Find(char letter) {
    const bool floating = letter == 'f' || letter == 'F' || letter == 'V';
    if (floating && vectors_ < vector_registers) return registers_->vectors[vectors_++];
    if ((!floating || floats_in_integer_registers) && integers_ < integer_registers)
      return &registers_->integers[integers_++];
    return &registers_->stack[words_++];
  }

  Registers* registers_;
  std::size_t integers_ = 1, vectors_ = 0, words_ = 0;
};

}  // namespace tenon::runtime
