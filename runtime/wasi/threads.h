// The threads of one program (wasi-threads). Each has an instance of its own with the program's
// shared memory, and an execution environment. Internal to runtime/wasi/.
//
// A trap or proc_exit in any thread ends all. How it ended is kept for whoever runs the program.
// Finished threads are joined at a later spawn, and at the end.
//
// Invariants: the mutex guards everything. An environment is terminated only under it, and is taken
// off the list under it before it is destroyed. Records and the threads' host stacks are runtime
// memory.
#pragma once

#include <pthread.h>

#include <cstdint>

#include "format/abi.h"
#include "format/locking.h"
#include "runtime/execute/execution_environment.h"
#include "runtime/instance/instance.h"

namespace tenon::runtime::wasi {

class Threads {
 public:
  Threads() = default;
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;
  ~Threads() { End(); }

  // thread-spawn, called from `environment` in `instance`: the new thread's number, or -1.
  std::int32_t Spawn(abi::ExecutionEnvironment* environment, Instance* instance,
                     std::uint32_t argument);
  // Ends and joins all. Not from one of them.
  void End();
  // `environment`, on which threads may have been spawned, is about to be destroyed.
  void Forget(const abi::ExecutionEnvironment* environment);
  // If a thread has ended the program, replaces the outcome of the call on `environment` by that.
  void AdoptOutcome(abi::ExecutionEnvironment* environment, CallOutcome* outcome);

 private:
  struct Thread;
  static void* Run(void* record);
  void RunProgram(Thread* thread);
  void Finish(Thread* thread);
  void FreeFinished();
  std::int32_t NewNumber() TENON_REQUIRES(mutex_);
  bool Runs(const abi::ExecutionEnvironment* environment) const TENON_REQUIRES(mutex_);
  void TerminateAll(const Thread* except) TENON_REQUIRES(mutex_);
  bool InterruptRunning(const Thread* except) TENON_REQUIRES(mutex_);
  void RecordOutcome(const abi::ExecutionEnvironment& environment, abi::TrapKind trap)
      TENON_REQUIRES(mutex_);

  Mutex mutex_;
  Thread* threads_ TENON_GUARDED_BY(mutex_) = nullptr;
  // The environment that runs the program itself, once it has spawned a thread.
  abi::ExecutionEnvironment* main_ TENON_GUARDED_BY(mutex_) = nullptr;
  std::int32_t last_number_ TENON_GUARDED_BY(mutex_) = 0;
  bool ending_ TENON_GUARDED_BY(mutex_) = false;
  // How the program ended, if a thread did that.
  struct {
    abi::TrapKind trap = abi::TrapKind::kNone;  // kNone: no thread did
    std::uint32_t exit_requested = 0;
    std::uint32_t exit_code = 0;
    char text[sizeof abi::ExecutionEnvironment::exception_text] = "";
    std::uint32_t frame_count = 0;
    abi::RecordedFrame frames[abi::ExecutionEnvironment::kMaximumFrames] = {};
  } outcome_ TENON_GUARDED_BY(mutex_);
};

}  // namespace tenon::runtime::wasi
