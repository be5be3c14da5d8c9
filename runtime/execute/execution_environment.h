// An execution environment: the stack that wasm code runs on and the state of the
// calls on it. Its first fields are read and written by assembly (arch/CPU/trampolines.S).
//
// Invariant: while wasm runs, host_sp is the innermost tenon_enter's frame on
// the host's stack, and everything below it there is free.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "format/abi.h"
#include "loader/mapped_module.h"
#include "runtime/arch/assembly.h"
#include "runtime/execute/sanitizers.h"
#include "runtime/memory/live_handles.h"
#include "runtime/memory/memory.h"

namespace tenon::abi {

struct RecordedFrame {
  const loader::MappedModule* module;
  std::uint32_t function_index;
};

struct ExecutionEnvironment {
  // ---- known to assembly
  alignas(8) void* wasm_sp;  // where wasm was left by the innermost host call, or the stack's top
  alignas(8) void* host_sp;  // see above
  alignas(8) HostFunction* current_host;  // the running host function
  alignas(8) std::uint32_t pending;       // not 0: the host function's caller is to be unwound
  std::uint32_t exit_requested;
  // ---- known to generated code (abi.h, exceptions)
  alignas(8) Exception* exception;
  alignas(8) const void* tail_target;
  alignas(8) const std::uint64_t* tail_arguments;
  alignas(8) const FuncRef* guarded_function;
  HostFunction guard;
  alignas(8) const std::uint8_t* stack_limit;  // of all instances that were entered; only rises
  // ---- the runtime's
  runtime::Ledger ledger{runtime::Category::kExecutionEnvironment,
                         &runtime::LedgerOf(runtime::Category::kExecutionEnvironment)};
  std::uint8_t* stack_base;  // lowest usable byte (above the guard page)
  std::uint64_t stack_bytes;
  std::uint64_t guard_bytes;  // below stack_base: no memory
  enum class StackSource { kHost, kMapped, kAllocated } stack_source;
  std::uint32_t exit_code;
  std::uint32_t frame_count;
  std::atomic<std::uint32_t> depth;  // nested Calls; read by other threads, see terminate.h
  // How the last function called is entered; valid while g_function_generation is `generation`.
  struct Entrance {
    const FuncRef* function;
    std::uint64_t generation;
    const void* trampoline;
  } entrance;
  char exception_text[256];
  void* embedder;              // the instance that wasm_export.h made it for
  void* user_data;             // the host's
  ExecutionEnvironment* next;  // of the same instance, under the lock of wasm_export's list
  runtime::LiveHandle live;    // of those that wasm_export.h hands out
  // terminate.h: the calling thread, and whether it has to stop.
  std::atomic<int> thread;
  enum class Termination : std::uint32_t { kNone, kRequested, kTaken };
  std::atomic<Termination> termination;
  std::uint8_t* native_boundary;
  static constexpr std::size_t kMaximumFrames = 64;
  RecordedFrame frames[kMaximumFrames];
};
static_assert(offsetof(ExecutionEnvironment, wasm_sp) == ENVIRONMENT_WASM_SP &&
              offsetof(ExecutionEnvironment, host_sp) == ENVIRONMENT_HOST_SP &&
              offsetof(ExecutionEnvironment, current_host) == ENVIRONMENT_CURRENT_HOST &&
              offsetof(ExecutionEnvironment, pending) == ENVIRONMENT_PENDING);
static_assert(offsetof(ExecutionEnvironment, exception) == kEnvironmentException &&
              offsetof(ExecutionEnvironment, tail_target) == kEnvironmentTailTarget &&
              offsetof(ExecutionEnvironment, tail_arguments) == kEnvironmentTailArguments &&
              offsetof(ExecutionEnvironment, guarded_function) == kEnvironmentGuardedFunction &&
              offsetof(ExecutionEnvironment, guard) == kEnvironmentGuard &&
              offsetof(ExecutionEnvironment, stack_limit) == kEnvironmentStackLimit);
static_assert(offsetof(HostFunction, exec_env) == 0 &&
              offsetof(HostFunction, native) == HOST_NATIVE &&
              offsetof(HostFunction, stack_argument_bytes) == HOST_STACK_BYTES);

}  // namespace tenon::abi

extern "C" {
std::uint32_t tenon_enter(tenon::abi::ExecutionEnvironment* environment,
                          const void* enter_trampoline, tenon::abi::VmContext* context,
                          const void* code, std::uint64_t* values);
TENON_LEAVES_WASM_STACK void tenon_unwind(tenon::abi::ExecutionEnvironment* environment,
                                          std::uint32_t kind);
void tenon_host_call();
// The same, but all registers that may hold references are on the wasm stack meanwhile (roots.h).
void tenon_host_call_with_roots();
}
