// Execution environments: their creation, calls on them, and what host functions report to them.
//
// Invariant: no byte of a stack is touched before wasm code uses it.
#include <algorithm>
#include <cstdio>
#include <new>
#include <utility>

#include "format/ranges.h"
#include "loader/os_memory.h"
#include "runtime/execute/call_here.h"
#include "runtime/execute/execution_environment.h"
#include "runtime/execute/terminate.h"
#include "runtime/execute/traps.h"
#include "runtime/instance/exceptions.h"
#include "runtime/instance/instance_state.h"
#include "runtime/memory/memory.h"

namespace tenon::runtime {
namespace {

constexpr std::uint64_t kMaximumStackBytes = std::uint64_t{1} << 40;

// The host's buffer, without what precedes and follows its aligned part.
Status TakeStack(abi::ExecutionEnvironment* environment,
                 const ExecutionEnvironmentOptions& options) {
  const auto begin = reinterpret_cast<std::uintptr_t>(options.stack);
  const std::uintptr_t base = AlignUp(begin, 16);
  const std::uintptr_t end = AlignDown<std::uintptr_t>(begin + options.stack_bytes, 16);
  if (end < base || end - base < kMinimumStackBytes) {
    return Error::Format("a stack buffer of %llu bytes is too small: at least %llu are needed",
                         static_cast<unsigned long long>(options.stack_bytes),
                         static_cast<unsigned long long>(kMinimumStackBytes + 30));
  }
  environment->stack_base = reinterpret_cast<std::uint8_t*>(base);
  environment->stack_bytes = end - base;
  environment->stack_source = abi::ExecutionEnvironment::StackSource::kHost;
  return Status::Ok();
}

// Mapped, with a guard page below, or a block of the allocator; nothing in it is touched.
Status MakeStack(abi::ExecutionEnvironment* environment, std::uint64_t asked) {
  using Source = abi::ExecutionEnvironment::StackSource;
  environment->stack_bytes = AlignUp(std::max(asked, kMinimumStackBytes), 16);
  if (!CurrentAllocator().may_map()) {
    environment->stack_base =
        static_cast<std::uint8_t*>(AllocateRaw(environment->ledger, environment->stack_bytes, 16));
    environment->stack_source = Source::kAllocated;
    return environment->stack_base != nullptr ? Status::Ok() : OutOfMemory("a stack");
  }
  const std::uint64_t guard = os::PageSize();
  environment->stack_bytes = os::PageAlign(environment->stack_bytes);
  environment->stack_source = Source::kMapped;
  if (!Charge(environment->ledger, environment->stack_bytes)) return OutOfMemory("a stack");
  void* const mapping = os::MapAnonymous(environment->stack_bytes + guard, os::Access::kReadWrite);
  if (mapping == nullptr || !os::Protect(mapping, guard, os::Access::kNone)) {
    if (mapping != nullptr) os::Unmap(mapping, environment->stack_bytes + guard);
    Discharge(environment->ledger, environment->stack_bytes);
    return Error::Format("out of memory: %llu bytes for a stack",
                         static_cast<unsigned long long>(environment->stack_bytes));
  }
  environment->stack_base = static_cast<std::uint8_t*>(mapping) + guard;
  environment->guard_bytes = guard;
  return Status::Ok();
}

// The host function through which code with exceptions calls functions without (format/abi.h): an
// exception that ends the inner call goes on in the outer code.
void CallGuarded(abi::ExecutionEnvironment* environment, const abi::FuncRef* function,
                 std::uint64_t* values) {
  const CallOutcome outcome = Call(environment, function, values);
  if (outcome.trap != abi::TrapKind::kNone)
    environment->pending = static_cast<std::uint32_t>(outcome.trap);
}

}  // namespace

Result<abi::ExecutionEnvironment*> CreateExecutionEnvironment(
    const ExecutionEnvironmentOptions& options) {
  if (options.stack_bytes > kMaximumStackBytes)
    return Error::Format("a stack of %llu bytes is too large",
                         static_cast<unsigned long long>(options.stack_bytes));
  void* const memory = Allocate(Category::kExecutionEnvironment, sizeof(abi::ExecutionEnvironment));
  if (memory == nullptr) return OutOfMemory("an execution environment");
  auto* const environment = new (memory) abi::ExecutionEnvironment{};
  environment->ledger.Adopt(memory);
  const Status status = options.stack != nullptr ? TakeStack(environment, options)
                                                 : MakeStack(environment, options.stack_bytes);
  if (!status.ok()) {
    Free(environment);
    return status.error();
  }
  environment->wasm_sp = environment->stack_base + environment->stack_bytes;
  environment->guard.exec_env = environment;
  environment->guard.builtins = RuntimeBuiltins(true);
  environment->guard.native = reinterpret_cast<const void*>(&CallGuarded);
  return environment;
}

void DestroyExecutionEnvironment(abi::ExecutionEnvironment* environment) {
  using Source = abi::ExecutionEnvironment::StackSource;
  if (environment == nullptr) return;
  if (environment->stack_source == Source::kAllocated) Free(environment->stack_base);
  if (environment->stack_source == Source::kMapped) {
    os::Unmap(environment->stack_base - environment->guard_bytes,
              environment->guard_bytes + environment->stack_bytes);
    Discharge(environment->ledger, environment->stack_bytes);
  }
  Free(environment);
}

CallOutcome Call(abi::ExecutionEnvironment* environment, const abi::FuncRef* function,
                 std::uint64_t* values) {
  return CallHere(environment, function, values);
}

void FindEntrance(abi::ExecutionEnvironment* environment, const abi::FuncRef* function) {
  // The number is read first, so that a change meanwhile is noticed at the next call.
  const std::uint64_t generation = g_function_generation.load(std::memory_order_relaxed);
  environment->entrance = {function, generation, FindEntry(function)};
  LeaveRoomFor(environment, *InstanceOfContext(function->context));
}

Instance* CallingInstance(abi::ExecutionEnvironment* environment) {
  return environment->current_host == nullptr
             ? nullptr
             : static_cast<Instance*>(environment->current_host->instance);
}

void SetPendingException(abi::ExecutionEnvironment* environment, const char* text) {
  std::snprintf(environment->exception_text, sizeof environment->exception_text, "%s", text);
  environment->pending = static_cast<std::uint32_t>(abi::TrapKind::kHostError);
}

const char* ExceptionText(const abi::ExecutionEnvironment* environment) {
  return environment->exception_text;
}

void RequestExit(abi::ExecutionEnvironment* environment, std::uint32_t code) {
  environment->exit_code = code;
  environment->exit_requested = 1;
  environment->pending = static_cast<std::uint32_t>(abi::TrapKind::kHostError);
}

bool ExitRequested(const abi::ExecutionEnvironment* environment, std::uint32_t* code) {
  if (environment->exit_requested == 0) return false;
  *code = environment->exit_code;
  return true;
}

std::size_t Backtrace(const abi::ExecutionEnvironment* environment, std::span<Frame> frames) {
  const std::size_t count = std::min<std::size_t>(frames.size(), environment->frame_count);
  for (std::size_t i = 0; i < count; ++i) {
    const abi::RecordedFrame& recorded = environment->frames[i];
    frames[i] = {recorded.module, recorded.function_index,
                 recorded.module->view().FunctionName(recorded.function_index)};
  }
  return count;
}

}  // namespace tenon::runtime
