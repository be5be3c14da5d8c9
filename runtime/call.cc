// Execution environments and calls from the host into wasm.
//
// Invariants: a context's exec_env and stack_limit are as before once Call returns;
// the stack is mapped, not touched; its lowest page is no memory.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <new>

#include "runtime/execution_environment.h"
#include "runtime/instance_state.h"
#include "runtime/memory.h"
#include "runtime/traps.h"

namespace tenon::runtime {
namespace {

constexpr std::uint32_t kMaximumDepth = 2000;  // nested Calls also use the host's stack
constexpr std::uint64_t kMinimumStack = 64 * 1024;

}  // namespace

Result<abi::ExecutionEnvironment*> CreateExecutionEnvironment(
    const ExecutionEnvironmentOptions& options) {
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  if (options.stack_bytes > std::uint64_t{1} << 40)
    return Error::Format("a stack of %llu bytes is too large",
                         static_cast<unsigned long long>(options.stack_bytes));
  const std::uint64_t stack =
      (std::max(options.stack_bytes, kMinimumStack) + page - 1) / page * page;
  void* const memory = Allocate(Category::kExecutionEnvironment, sizeof(abi::ExecutionEnvironment));
  if (memory == nullptr) return Error::Format("out of memory for an execution environment");
  void* const mapping = ::mmap(nullptr, stack + page, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (mapping == MAP_FAILED || ::mprotect(mapping, page, PROT_NONE) != 0) {
    if (mapping != MAP_FAILED) ::munmap(mapping, stack + page);
    Free(memory);
    return Error::Format("out of memory: %llu bytes for a stack",
                         static_cast<unsigned long long>(stack));
  }
  auto* const environment = new (memory) abi::ExecutionEnvironment{};
  environment->stack_base = static_cast<std::uint8_t*>(mapping) + page;
  environment->stack_bytes = stack;
  environment->mapped_bytes = stack + page;
  environment->wasm_sp = environment->stack_base + stack;
  Account(Category::kExecutionEnvironment, static_cast<std::int64_t>(stack));
  return environment;
}

void DestroyExecutionEnvironment(abi::ExecutionEnvironment* environment) {
  if (environment == nullptr) return;
  ::munmap(environment->stack_base - (environment->mapped_bytes - environment->stack_bytes),
           environment->mapped_bytes);
  Account(Category::kExecutionEnvironment, -static_cast<std::int64_t>(environment->stack_bytes));
  Free(environment);
}

CallOutcome Call(abi::ExecutionEnvironment* environment, const abi::FuncRef* function,
                 std::uint64_t* values) {
  environment->pending = 0;
  environment->exit_requested = 0;
  environment->frame_count = 0;
  environment->exception_text[0] = '\0';
  if (function->enter == nullptr || function->code == nullptr)
    return {abi::TrapKind::kUnlinkedImport};
  abi::VmContext* const context = function->context;
  const std::uint8_t* const limit =
      environment->stack_base + abi::kStackReserve + InstanceOfContext(context)->maximum_frame;
  if (static_cast<const std::uint8_t*>(environment->wasm_sp) - abi::kUncheckedFrame < limit ||
      environment->depth >= kMaximumDepth) {
    return {abi::TrapKind::kCallStackExhausted};
  }
  abi::ExecutionEnvironment* const previous_environment = context->exec_env;
  const void* const previous_limit = context->stack_limit;
  abi::ExecutionEnvironment*& current = CurrentEnvironment();
  abi::ExecutionEnvironment* const previous_current = current;
  context->exec_env = environment;
  context->stack_limit = limit;
  current = environment;
  ++environment->depth;
  const std::uint32_t kind =
      tenon_enter(environment, function->enter, context, function->code, values);
  --environment->depth;
  // Of an outer call nothing is pending: this one's end is its caller's to report.
  environment->pending = 0;
  current = previous_current;
  context->exec_env = previous_environment;
  context->stack_limit = previous_limit;
  return {static_cast<abi::TrapKind>(kind)};
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
