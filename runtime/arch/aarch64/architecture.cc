// AArch64, AAPCS64; see architecture.h.
#include "runtime/arch/architecture.h"

#include <csignal>
#include <cstring>

#include "runtime/arch/stack_arguments.h"

namespace tenon::runtime {

const void* const* FrameRecord(const void* const* frame_pointer) { return frame_pointer; }

const void* const* OwnFrame(const void* frame_address) {
  return static_cast<const void* const*>(frame_address);
}

std::uint64_t StackArgumentBytes(const FunctionSignature& signature) {
  return BytesOnStack(signature, 8);
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
