// terminate.h with a real-time signal. Linux.
#include "runtime/execute/terminate.h"

#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <mutex>

#include "runtime/arch/architecture.h"
#include "runtime/execute/backtrace.h"
#include "runtime/execute/traps.h"

namespace tenon::runtime {
namespace {

using Termination = abi::ExecutionEnvironment::Termination;

// glibc reserves the first few real-time signals, and hosts tend to count from the start.
int TerminationSignal() { return SIGRTMAX - 3; }

void Handle(int, siginfo_t*, void* context) {
  abi::ExecutionEnvironment* const environment = CurrentEnvironment();
  if (environment == nullptr || environment->termination != Termination::kRequested) return;
  const MachineFrame at = ReadSignalContext(context);
  std::uint64_t offset = 0;
  const bool in_code = FindCode(at.pc, &offset) != nullptr;
  const bool on_wasm_stack = at.stack_pointer >= environment->stack_base &&
                             at.stack_pointer <= environment->stack_base + environment->stack_bytes;
  if (in_code && on_wasm_stack) {
    SetPendingException(environment, kTerminatedText);
    environment->pending = 0;
    environment->termination = Termination::kTaken;
    RecordBacktrace(environment, at);
    ContinueInUnwind(context, environment, abi::TrapKind::kHostError);
  } else if (!on_wasm_stack && environment->current_host != nullptr) {
    SetPendingException(environment, kTerminatedText);
    environment->termination = Termination::kTaken;
  }
}

void InstallHandler() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action = {};
    action.sa_sigaction = Handle;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;  // no SA_RESTART: waiting system calls end
    sigemptyset(&action.sa_mask);
    ::sigaction(TerminationSignal(), &action, nullptr);
  });
}

void Pause() {
  const struct timespec time = {0, 200'000};
  ::nanosleep(&time, nullptr);
}

}  // namespace

thread_local constinit int t_thread_number = 0;

int AskThreadNumber() {
  t_thread_number = static_cast<int>(::syscall(SYS_gettid));
  return t_thread_number;
}

void Terminate(abi::ExecutionEnvironment* environment) {
  InstallHandler();
  Termination expected = Termination::kNone;
  if (!environment->termination.compare_exchange_strong(expected, Termination::kRequested)) return;
  if (environment->depth != 0 && environment->thread == CurrentThread()) {
    SetPendingException(environment, kTerminatedText);
    environment->termination = Termination::kTaken;
    return;
  }
  // A call that is just beginning has stored its depth before it looked at `termination`; after
  // the pause the store is visible.
  for (Pause(); environment->depth != 0 && environment->termination == Termination::kRequested;
       Pause()) {
    ::syscall(SYS_tgkill, ::getpid(), environment->thread.load(), TerminationSignal());
  }
}

void ClearTermination(abi::ExecutionEnvironment* environment) {
  environment->termination = Termination::kNone;
}

}  // namespace tenon::runtime
