// 32-bit ARM, AAPCS-VFP; see architecture.h.
#include "runtime/arch/architecture.h"

#include <csignal>

#include "runtime/arch/arm/arguments.h"

#if defined(__thumb__)
#error "build for ARM state (-marm): in Thumb state frame pointers do not chain"
#endif

namespace tenon::runtime {

const void* const* FrameRecord(const void* const* frame_pointer) { return frame_pointer; }

// GCC's frame pointer denotes the return address, LLVM's the word before it.
const void* const* OwnFrame(const void* frame_address) {
#if defined(__clang__)
  return static_cast<const void* const*>(frame_address);
#else
  return static_cast<const void* const*>(frame_address) - 1;
#endif
}

std::uint64_t StackArgumentBytes(const FunctionSignature& signature) {
  ArmArguments arguments;
  if (abi::ResultsInMemory(signature.results.data(), signature.results.size()))
    arguments.Integer(false);
  arguments.Integer(false);  // the execution environment
  for (const ValueType type : signature.parameters) {
    switch (type) {
      case ValueType::kF32: arguments.Float(false); break;
      case ValueType::kF64: arguments.Float(true); break;
      case ValueType::kV128:  // as two 64-bit integers
        arguments.Integer(true);
        [[fallthrough]];
      case ValueType::kI64: arguments.Integer(true); break;
      default: arguments.Integer(false); break;
    }
  }
  return (std::uint64_t{arguments.stack_words()} + 3) / 4 * 16;
}

// There are no guard pages, so code calls a builtin to trap.
const int kTrapSignal = SIGILL;
abi::TrapKind TrapInstructionKind(const std::uint8_t*) { return abi::TrapKind::kNone; }

}  // namespace tenon::runtime
