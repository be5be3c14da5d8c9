// What differs by architecture in the runtime, besides assembly. Each function is defined in
// CPU/architecture.cc or, if it also depends on the system, in CPU/signal_context_linux.cc.
#pragma once

#include <cstdint>

#include "format/abi.h"
#include "runtime/instance/instance.h"

namespace tenon::runtime {

// The two words {caller's frame pointer, return address} of the frame that a frame pointer
// denotes.
const void* const* FrameRecord(const void* const* frame_pointer);

// The frame pointer, in the form that generated code uses, of the function whose
// __builtin_frame_address(0) is given.
const void* const* OwnFrame(const void* frame_address);

// How many bytes of arguments the C convention puts on the stack for a host function of this
// signature, the execution environment first; a multiple of 16.
std::uint64_t StackArgumentBytes(const FunctionSignature& signature);

// The kind that the trap instruction at `pc` encodes; kNone if there is another instruction.
abi::TrapKind TrapInstructionKind(const std::uint8_t* pc);
// The signal that it raises.
extern const int kTrapSignal;

// A function that has not returned, as far as its callers can be found from it.
struct MachineFrame {
  const std::uint8_t* pc;
  const void* const* frame_pointer;
  const std::uint8_t* stack_pointer;
  bool is_interrupted;  // at pc; otherwise pc is where a call in the function returns to
};
// Where a signal interrupted the thread.
MachineFrame ReadSignalContext(const void* context);
// Makes the thread continue in tenon_unwind(environment, kind).
void ContinueInUnwind(void* context, abi::ExecutionEnvironment* environment, abi::TrapKind kind);

}  // namespace tenon::runtime
