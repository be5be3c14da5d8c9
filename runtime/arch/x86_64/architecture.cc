// x86-64 System V; see architecture.h.
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
  return BytesOnStack(signature, 6);
}

const int kTrapSignal = SIGILL;

abi::TrapKind TrapInstructionKind(const std::uint8_t* pc) {
  // llvm.ubsantrap(kind): ud1 kind(%eax), %eax
  static constexpr std::uint8_t kInstruction[] = {0x67, 0x0F, 0xB9, 0x40};
  return std::memcmp(pc, kInstruction, sizeof kInstruction) == 0 ? static_cast<abi::TrapKind>(pc[4])
                                                                 : abi::TrapKind::kNone;
}

}  // namespace tenon::runtime
