// Walks from a point in generated code to its callers, through all active calls into wasm.
// Safe in signal handlers: it allocates nothing, takes no locks, and reads only the wasm stack, the
// host's entry frames and the unwind rows of registered code.
#pragma once

#include <cstdint>

#include "loader/mapped_module.h"
#include "runtime/arch/architecture.h"
#include "runtime/execute/execution_environment.h"

namespace tenon::runtime {

// The caller of a function that keeps a frame pointer: one of ours in assembly, or a C++ function
// whose frame is given by OwnFrame.
MachineFrame CallerOf(const void* const* frame_pointer);

// Changes `frame`, which is in generated code, to its caller; false if there is none on the
// environment's stack. The caller need not be generated code.
bool StepOut(const abi::ExecutionEnvironment& environment, MachineFrame* frame);

struct CodeLocation {
  const loader::MappedModule* module;
  std::uint64_t offset;  // into the module's image
};

// The frames of generated code, innermost first.
class FrameWalk {
 public:
  FrameWalk(const abi::ExecutionEnvironment& environment, const MachineFrame& innermost);
  // Where the next frame is; false after the last one. `pc` becomes its return address.
  bool Next(CodeLocation* location, const void** pc = nullptr);

 private:
  const abi::ExecutionEnvironment& environment_;
  MachineFrame frame_;
  // tenon_enter's frame on the host's stack (the .S file): environment, padding, the
  // outer current_host, wasm_sp and host_sp.
  const void* const* entry_;
  bool at_end_ = false;
};

// Fills the environment's frames.
void RecordBacktrace(abi::ExecutionEnvironment* environment, const MachineFrame& innermost);

}  // namespace tenon::runtime
