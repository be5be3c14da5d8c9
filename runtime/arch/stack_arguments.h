// Arguments on the stack in conventions that pass integers in some registers, floats and vectors in
// eight others, and the rest in order on the stack: x86-64 System V and AAPCS64.
#pragma once

#include <cstdint>

#include "format/abi.h"
#include "runtime/instance/instance.h"

namespace tenon::runtime {

// Bytes of a call's arguments on the stack, an execution environment first; a multiple of 16.
inline std::uint64_t BytesOnStack(const FunctionSignature& signature,
                                  std::uint64_t integer_registers) {
  constexpr std::uint64_t kVectorRegisters = 8;
  std::uint64_t integers = 1, vectors = 0, words = 0;
  if (abi::ResultsInMemory(signature.results.data(), signature.results.size())) ++integers;
  for (const ValueType type : signature.parameters) {
    if (abi::InFloatRegister(type)) {
      if (++vectors <= kVectorRegisters) continue;
      if (type == ValueType::kV128) words += words % 2 + 1;
      ++words;
    } else if (++integers > integer_registers) {
      ++words;
    }
  }
  return (words + 1) / 2 * 16;
}

}  // namespace tenon::runtime
