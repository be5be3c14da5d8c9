// The call from the host into wasm, to be inlined. Call (instance.h) is this function. The calls of
// wasm_export.h inline it too, because one more frame costs a tenth of a call.
//
// Invariant: after the call a context's exec_env and stack_limit are as before.
#pragma once

#include "runtime/execute/execution_environment.h"
#include "runtime/execute/native_stack.h"
#include "runtime/execute/terminate.h"
#include "runtime/execute/traps.h"
#include "runtime/instance/exceptions.h"
#include "runtime/instance/instance_state.h"

namespace tenon::runtime {

// Fills in environment->entrance.
void FindEntrance(abi::ExecutionEnvironment* environment, const abi::FuncRef* function);

[[gnu::always_inline]] inline CallOutcome CallHere(abi::ExecutionEnvironment* environment,
                                                   const abi::FuncRef* function,
                                                   std::uint64_t* values) {
  environment->pending = 0;
  environment->exception = nullptr;
  environment->exit_requested = 0;
  environment->frame_count = 0;
  environment->exception_text[0] = '\0';
  if (environment->entrance.function != function ||
      environment->entrance.generation != g_function_generation.load(std::memory_order_relaxed))
      [[unlikely]] {
    FindEntrance(environment, function);
  }
  const void* const trampoline = environment->entrance.trampoline;
  if (trampoline == nullptr || function->code == nullptr) return {abi::TrapKind::kUnlinkedImport};
  abi::VmContext* const context = function->context;
  const std::uint32_t depth = environment->depth.load(std::memory_order_relaxed);
  const std::uint8_t* const limit = environment->stack_limit;
  if (static_cast<const std::uint8_t*>(environment->wasm_sp) - abi::kUncheckedFrame < limit)
    return {abi::TrapKind::kCallStackExhausted};
  if (depth != 0 && !MayNest(environment)) [[unlikely]]
    return {abi::TrapKind::kHostError};
  abi::ExecutionEnvironment* const previous_environment = context->exec_env;
  const void* const previous_limit = context->stack_limit;
  context->exec_env = environment;
  context->stack_limit = limit;
  const ActiveCall call{environment, context, t_active_calls};
  std::atomic_signal_fence(std::memory_order_release);
  t_active_calls = &call;
  // Plain stores: only this thread writes, but Terminate reads.
  environment->thread.store(CurrentThread(), std::memory_order_relaxed);
  environment->depth.store(depth + 1, std::memory_order_relaxed);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  abi::TrapKind kind = abi::TrapKind::kHostError;
  if (environment->termination.load(std::memory_order_relaxed) ==
      abi::ExecutionEnvironment::Termination::kNone) [[likely]] {
    kind = static_cast<abi::TrapKind>(
        tenon_enter(environment, trampoline, context, function->code, values));
  } else {
    SetPendingException(environment, kTerminatedText);
  }
  environment->depth.store(depth, std::memory_order_relaxed);
  // Nothing of this call stays pending for an outer one: its caller gets the outcome. But an
  // exception passes through a host function that does nothing about it.
  environment->pending = 0;
  if (environment->exception != nullptr) {
    kind = abi::TrapKind::kUncaughtException;
    LeaveCallByException(environment, depth);
  }
  t_active_calls = call.outer;
  // A tail call passes the environment to another context and cannot restore it. So contexts of
  // outer frames may be left with this call's environment.
  if (call.outer != nullptr && call.outer->environment != environment) [[unlikely]] {
    ReturnContexts(InstanceOfContext(context), environment, call.outer->environment);
  }
  context->exec_env = previous_environment;
  context->stack_limit = previous_limit;
  return {kind};
}

}  // namespace tenon::runtime
