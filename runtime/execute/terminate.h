// Stops calls from another thread, without checks in generated code.
//
// A signal interrupts the calling thread. In wasm code its handler unwinds at once. In a host
// function it leaves an exception pending, which unwinds when the function returns (a waiting
// system call ends with EINTR). Anywhere else it does nothing, and the signal is sent again.
#pragma once

#include "runtime/execute/execution_environment.h"

namespace tenon::runtime {

inline constexpr char kTerminatedText[] = "terminated by user";

// Makes the calls that run on `environment`, and all later ones, fail with kHostError and
// kTerminatedText. From any thread; the environment must not be destroyed meanwhile. Returns when
// the calling thread has reacted.
void Terminate(abi::ExecutionEnvironment* environment);
// Allows calls again.
void ClearTermination(abi::ExecutionEnvironment* environment);

// The system's number of this thread; 0: not asked for yet.
extern thread_local constinit int t_thread_number __attribute__((tls_model("initial-exec")));
int AskThreadNumber();
inline int CurrentThread() { return t_thread_number != 0 ? t_thread_number : AskThreadNumber(); }

}  // namespace tenon::runtime
