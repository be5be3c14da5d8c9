// RISC-V, LP64D; see architecture.h.
#include "runtime/arch/architecture.h"

#include <csignal>
#include <cstring>

namespace tenon::runtime {

// s0 is the stack pointer before the call; the record lies right below.
const void* const* FrameRecord(const void* const* frame_pointer) { return frame_pointer - 2; }

const void* const* OwnFrame(const void* frame_address) {
  return static_cast<const void* const*>(frame_address);
}

std::uint64_t StackArgumentBytes(const FunctionSignature& signature) {
  std::uint64_t integers = 1, floats = 0, integer_results = 0, float_results = 0;
  const auto is_float = [](ValueType type) {
    return type == ValueType::kF32 || type == ValueType::kF64;
  };
  const auto integer_words = [](ValueType type) -> std::uint64_t {
    return type == ValueType::kV128 ? 2 : 1;
  };
  for (const ValueType type : signature.results) {
    if (is_float(type))
      ++float_results;
    else
      integer_results += integer_words(type);
  }
  // LLVM returns up to two of each in registers, else through a pointer that comes first.
  // Two vectors are four words, which LLVM returns through a pointer of its own.
  if (abi::ResultsInMemory(signature.results.data(), signature.results.size()) ||
      integer_results > 2 || float_results > 2) {
    ++integers;
  }
  for (const ValueType type : signature.parameters) {
    // Floats beyond fa7 go where integers go.
    if (is_float(type) && ++floats <= 8) continue;
    integers += integer_words(type);
  }
  const std::uint64_t words = integers > 8 ? integers - 8 : 0;
  return (words + 1) / 2 * 16;
}

const int kTrapSignal = SIGILL;

abi::TrapKind TrapInstructionKind(const std::uint8_t* pc) {
  // The instruction of 16 zero bits, which stays illegal, then the kind.
  std::uint16_t words[2];
  std::memcpy(words, pc, sizeof words);
  return words[0] == 0 && words[1] < 0x100 ? static_cast<abi::TrapKind>(words[1])
                                           : abi::TrapKind::kNone;
}

}  // namespace tenon::runtime
