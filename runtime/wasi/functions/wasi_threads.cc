// wasi-threads: thread-spawn, and how threads run and end.
#include <signal.h>
#include <time.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "format/locking.h"
#include "runtime/execute/host_thread.h"
#include "runtime/execute/terminate.h"
#include "runtime/instance/thread_instance.h"
#include "runtime/memory/memory.h"
#include "runtime/wasi/context.h"

namespace tenon::runtime::wasi {
namespace {

constexpr std::int32_t kMaximumNumber = 0x1FFFFFFF;  // the proposal's
constexpr char kStartFunction[] = "wasi_thread_start";

void Pause() {
  const timespec time{0, 1'000'000};
  nanosleep(&time, nullptr);
}

// Terminates once more: a thread that reacted in a host function may have begun to wait in a system
// call right after.
void InterruptAgain(abi::ExecutionEnvironment* environment) {
  ClearTermination(environment);
  Terminate(environment);
}

bool IsStartFunction(const Extern& function) {
  const auto is_i32 = [](ValueType type) { return type == ValueType::kI32; };
  const auto parameters = function.signature.parameters;
  return function.kind == ExternKind::kFunction && function.function != nullptr &&
         parameters.size() == 2 && std::all_of(parameters.begin(), parameters.end(), is_i32) &&
         function.signature.results.empty();
}

}  // namespace

struct Threads::Thread {
  Thread* next = nullptr;
  Threads* threads = nullptr;
  Instance* instance = nullptr;
  abi::ExecutionEnvironment* environment = nullptr;  // null: finished
  const abi::FuncRef* function = nullptr;
  std::int32_t number = 0;
  std::uint32_t argument = 0;
  HostThread host_thread;

  // Frees what the thread ran with.
  void FreeProgram() {
    DestroyExecutionEnvironment(environment);
    if (instance != nullptr) Release(instance);
    environment = nullptr;
    instance = nullptr;
  }
};

// ---- starting

std::int32_t Threads::NewNumber() {
  const auto taken = [this](std::int32_t number) TENON_REQUIRES(mutex_) {
    for (const Thread* thread = threads_; thread != nullptr; thread = thread->next) {
      if (thread->number == number) return true;
    }
    return false;
  };
  do last_number_ = last_number_ == kMaximumNumber ? 1 : last_number_ + 1;
  while (taken(last_number_));
  return last_number_;
}

// Whether one of the threads runs on it.
bool Threads::Runs(const abi::ExecutionEnvironment* environment) const {
  for (const Thread* thread = threads_; thread != nullptr; thread = thread->next) {
    if (thread->environment == environment) return true;
  }
  return false;
}

// Made for the first thread; null: no memory.
static Threads* ThreadsOf(WasiContext& context) {
  static constinit Mutex making;
  const MutexLock lock(making);
  Threads* threads = context.threads;
  if (threads != nullptr) return threads;
  if (void* const memory = Allocate(Category::kInstance, sizeof(Threads)))
    threads = new (memory) Threads;
  context.threads = threads;
  return threads;
}

std::int32_t Threads::Spawn(abi::ExecutionEnvironment* environment, Instance* instance,
                            std::uint32_t argument) {
  FreeFinished();
  void* const memory = Allocate(Category::kRuntime, sizeof(Thread));
  if (memory == nullptr) return -1;
  auto* const thread = new (memory) Thread;
  thread->threads = this;
  thread->argument = argument;
  abi::TrapKind trap = abi::TrapKind::kNone;
  Extern function;
  auto made = InstantiateForThread(instance, nullptr, &trap);
  if (made.ok()) thread->instance = *made;
  auto stack = CreateExecutionEnvironment({environment->stack_bytes});
  if (stack.ok()) thread->environment = *stack;
  bool good = made.ok() && stack.ok() && trap == abi::TrapKind::kNone &&
              FindExport(thread->instance, kStartFunction, &function) && IsStartFunction(function);
  if (good) {
    thread->function = function.function;
    thread->environment->embedder = environment->embedder;
    thread->environment->user_data = environment->user_data;
    const MutexLock lock(mutex_);
    if (!Runs(environment)) main_ = environment;
    thread->number = NewNumber();
    // The new thread takes the mutex before it looks at its record.
    good = !ending_ && StartHostThread(&thread->host_thread, Run, thread);
    if (good) {
      thread->next = threads_;
      threads_ = thread;
      return thread->number;
    }
  }
  thread->FreeProgram();
  tenon::runtime::Free(thread);
  return -1;
}

void* Threads::Run(void* record) {
  auto* const thread = static_cast<Thread*>(record);
  thread->threads->RunProgram(thread);
  return nullptr;
}

void Threads::RunProgram(Thread* thread) {
  { const MutexLock started(mutex_); }
  std::uint64_t values[2] = {};
  CallOutcome outcome;
  if (const abi::FuncRef* start = StartFunction(thread->instance))
    outcome = Call(thread->environment, start, values);
  if (outcome.trap == abi::TrapKind::kNone) {
    values[0] = static_cast<std::uint32_t>(thread->number);
    values[1] = thread->argument;
    outcome = Call(thread->environment, thread->function, values);
  }
  bool ends_program = false;
  {
    const MutexLock lock(mutex_);
    ends_program = outcome.trap != abi::TrapKind::kNone && !ending_;
    if (ends_program) {
      ending_ = true;
      RecordOutcome(*thread->environment, outcome.trap);
      TerminateAll(thread);
    }
  }
  // A thread that had reacted may have begun to wait in a system call after that.
  for (bool running = ends_program; running; Pause()) {
    const MutexLock lock(mutex_);
    running = InterruptRunning(thread);
  }
  Finish(thread);
}

// ---- ending

void Threads::Finish(Thread* thread) {
  const MutexLock lock(mutex_);
  thread->FreeProgram();
}

void Threads::FreeFinished() {
  const MutexLock lock(mutex_);
  for (Thread** link = &threads_; *link != nullptr;) {
    Thread* const thread = *link;
    if (thread->environment != nullptr) {
      link = &thread->next;
      continue;
    }
    *link = thread->next;
    JoinHostThread(&thread->host_thread);  // it has released the mutex for the last time
    tenon::runtime::Free(thread);
  }
}

void Threads::TerminateAll(const Thread* except) {
  for (Thread* thread = threads_; thread != nullptr; thread = thread->next) {
    if (thread != except && thread->environment != nullptr) Terminate(thread->environment);
  }
  // Only a thread of the program ends the program's own call.
  if (except != nullptr && main_ != nullptr && main_->depth != 0) Terminate(main_);
}

// Whether one still runs.
bool Threads::InterruptRunning(const Thread* except) {
  bool running = false;
  for (Thread* thread = threads_; thread != nullptr; thread = thread->next) {
    if (thread == except || thread->environment == nullptr) continue;
    running = true;
    InterruptAgain(thread->environment);
  }
  if (except != nullptr && main_ != nullptr && main_->depth != 0) {
    running = true;
    InterruptAgain(main_);
  }
  return running;
}

void Threads::End() {
  {
    const MutexLock lock(mutex_);
    ending_ = true;
    main_ = nullptr;
    TerminateAll(nullptr);
  }
  for (bool running = true; running;) {
    {
      const MutexLock lock(mutex_);
      running = InterruptRunning(nullptr);
    }
    if (running) Pause();
  }
  FreeFinished();
}

void Threads::Forget(const abi::ExecutionEnvironment* environment) {
  const MutexLock lock(mutex_);
  if (main_ == environment) main_ = nullptr;
}

void Threads::RecordOutcome(const abi::ExecutionEnvironment& environment, abi::TrapKind trap) {
  outcome_.trap = trap;
  outcome_.exit_requested = environment.exit_requested;
  outcome_.exit_code = environment.exit_code;
  std::memcpy(outcome_.text, environment.exception_text, sizeof outcome_.text);
  outcome_.frame_count = environment.frame_count;
  std::copy_n(environment.frames, environment.frame_count, outcome_.frames);
}

void Threads::AdoptOutcome(abi::ExecutionEnvironment* environment, CallOutcome* outcome) {
  const MutexLock lock(mutex_);
  if (outcome_.trap == abi::TrapKind::kNone) return;
  outcome->trap = outcome_.trap;
  environment->exit_requested = outcome_.exit_requested;
  environment->exit_code = outcome_.exit_code;
  std::memcpy(environment->exception_text, outcome_.text, sizeof outcome_.text);
  environment->frame_count = outcome_.frame_count;
  std::copy_n(outcome_.frames, outcome_.frame_count, environment->frames);
}

// ---- the interface of wasi.h, and the import

static Threads* Existing(const WasiContext* context) {
  return context == nullptr ? nullptr : context->threads.load();
}

void EndThreads(WasiContext* context) {
  if (Threads* const threads = Existing(context)) threads->End();
}

void ForgetEnvironment(WasiContext* context, const abi::ExecutionEnvironment* environment) {
  if (Threads* const threads = Existing(context)) threads->Forget(environment);
}

void AdoptThreadOutcome(WasiContext* context, abi::ExecutionEnvironment* environment,
                        CallOutcome* outcome) {
  if (Threads* const threads = Existing(context)) threads->AdoptOutcome(environment, outcome);
}

extern "C" std::uint32_t wasi_thread_spawn(abi::ExecutionEnvironment* environment,
                                           std::uint32_t argument) {
  const Caller caller(environment);
  auto* const instance = static_cast<Instance*>(environment->current_host->instance);
  Threads* const threads = ThreadsOf(caller.context);
  return static_cast<std::uint32_t>(
      threads == nullptr ? -1 : threads->Spawn(environment, instance, argument));
}

}  // namespace tenon::runtime::wasi
