// AArch64, AAPCS64; see architecture.h.
#if defined(__aarch64__)
#include <csignal>
#include <cstring>

#include "runtime/architecture.h"

namespace tenon::runtime {

const void* const* FrameRecord(const void* const* frame_pointer) { return frame_pointer; }

std::uint64_t StackArgumentBytes(const FunctionSignature& signature) {
  std::uint64_t integers = 1, vectors = 0, words = 0, integer_results = 0, vector_results = 0;
  const auto in_vector_register = [](ValueType type) {
    return type == ValueType::kF32 || type == ValueType::kF64 || type == ValueType::kV128;
  };
  for (const ValueType type : signature.results) {
    ++(in_vector_register(type) ? vector_results : integer_results);
  }
  // LLVM returns up to eight of each in registers, else through a pointer that comes first.
  if (integer_results > 8 || vector_results > 8) ++integers;
  for (const ValueType type : signature.parameters) {
    if (in_vector_register(type)) {
      if (++vectors <= 8) continue;
      if (type == ValueType::kV128) words += words % 2 + 1;
      ++words;
    } else if (++integers > 8) {
      ++words;
    }
  }
  return (words + 1) / 2 * 16;
}

const int kTrapSignal = SIGTRAP;

abi::TrapKind TrapInstructionKind(const std::uint8_t* pc) {
  // llvm.ubsantrap(kind): brk #0x5500 + kind
  std::uint32_t instruction;
  std::memcpy(&instruction, pc, sizeof instruction);
  constexpr std::uint32_t kBrk = 0xD4200000 | 0x5500 << 5;
  return (instruction & ~(0xFFu << 5)) == kBrk ? static_cast<abi::TrapKind>(instruction >> 5 & 0xFF)
                                               : abi::TrapKind::kNone;
}

}  // namespace tenon::runtime
#endif
