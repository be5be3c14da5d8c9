// Stopping calls from another thread, without a check anywhere in generated code.
//
// A signal interrupts the calling thread. In wasm code it unwinds at once; in a host
// function it leaves an exception pending, which unwinds when the function returns (a system
// call that waits ends with EINTR); anywhere else it does nothing, and is sent again.
#pragma once

#include "runtime/execute/execution_environment.h"

namespace tenon::runtime {

inline constexpr char kTerminatedText[] = "terminated by user";

// Makes the calls that run on `environment`, and all later ones, fail with kHostError and
// kTerminatedText. From any thread; the environment must not be destroyed meanwhile. Returns when
// its thread has taken notice.
void Terminate(abi::ExecutionEnvironment* environment);
// Allows calls again.
void ClearTermination(abi::ExecutionEnvironment* environment);

// The system's number of this thread.
extern thread_local constinit int t_thread_number __attribute__((tls_model("initial-exec")));
int AskThreadNumber();
inline int CurrentThread() { return t_thread_number != 0 ? t_thread_number : AskThreadNumber(); }

}  // namespace tenon::runtime
