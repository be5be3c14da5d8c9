// How wasm code stops: hardware faults and failing builtins both end in tenon_unwind, which makes
// the innermost tenon_enter return the trap's kind.
#pragma once

#include <cstdint>

#include "format/abi.h"
#include "loader/mapped_module.h"
#include "runtime/execute/execution_environment.h"

namespace tenon::runtime {

// The registry of code, which the signal handler reads without locks. False: no memory for the
// entry.
bool RegisterCode(const loader::MappedModule& module);  // counted: once per instance
void UnregisterCode(const loader::MappedModule& module);
// RangeRegistry::FreeChunks.
void FreeCodeRegistry(bool forgets);

// The module whose text includes `pc`, or null; `offset` becomes pc's offset in its image.
const loader::MappedModule* FindCode(const void* pc, std::uint64_t* offset);

// The active calls into wasm on this thread, innermost first.
struct ActiveCall {
  abi::ExecutionEnvironment* environment;
  const ActiveCall* outer;
};
// In a shared library too its offset is fixed when the program starts, so that reading it needs no
// call.
extern thread_local constinit const ActiveCall* t_active_calls
    __attribute__((tls_model("initial-exec")));
// The environment whose wasm runs on this thread, or null.
inline abi::ExecutionEnvironment* CurrentEnvironment() {
  return t_active_calls == nullptr ? nullptr : t_active_calls->environment;
}

// From a function that wasm code called and that runs on the wasm stack: ends the innermost Call.
TENON_LEAVES_WASM_STACK void EndCall(abi::ExecutionEnvironment* environment, abi::TrapKind kind);
// The same for a trap, whose backtrace it records. `frame_pointer` is that of the function that
// wasm code called, in the form that generated code uses (OwnFrame).
TENON_LEAVES_WASM_STACK void RaiseTrap(abi::ExecutionEnvironment* environment, abi::TrapKind kind,
                                       const void* const* frame_pointer);

// Installs the signal handlers once per process; previous ones are chained.
void InstallTrapHandlers();

}  // namespace tenon::runtime
