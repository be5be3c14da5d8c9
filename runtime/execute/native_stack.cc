// See native_stack.h.
#include "runtime/execute/native_stack.h"

#include <algorithm>

#include "runtime/execute/terminate.h"
#include "runtime/instance/instance.h"

namespace tenon::runtime {
namespace {

// What native functions may use below the frame from which they call wasm.
constexpr std::uint64_t kMostReserve = 64 * 1024;
// On a stack that is not the thread's own (a coroutine's) nobody knows where the end is.
constexpr std::uint32_t kMaximumDepthUnknown = 2000;

thread_local constinit StackBounds t_bounds;
thread_local constinit bool t_asked = false;

// Null: nothing.
const char* ProblemOfNesting(const abi::ExecutionEnvironment& environment,
                             const std::uint8_t* here) {
  if (environment.thread.load(std::memory_order_relaxed) != CurrentThread())
    return "the execution environment is in use by another thread";
  if (here < environment.native_boundary) return kNativeStackOverflow;
  const StackBounds& stack = NativeStack();
  if (!stack.Has(here))
    return environment.depth < kMaximumDepthUnknown ? nullptr : kNativeStackOverflow;
  const auto size = static_cast<std::uint64_t>(stack.high - stack.low);
  const auto left = static_cast<std::uint64_t>(here - stack.low);
  return left < std::min(kMostReserve, size / 4) ? kNativeStackOverflow : nullptr;
}

}  // namespace

const StackBounds& NativeStack() {
  if (!t_asked) t_bounds = AskNativeStack();
  t_asked = true;
  return t_bounds;
}

void SetNativeStack(void* low, std::size_t size) {
  auto* const begin = static_cast<const std::uint8_t*>(low);
  t_bounds = {begin, begin + size};
  t_asked = true;
}

bool MayNest(abi::ExecutionEnvironment* environment) {
  const char* const problem =
      ProblemOfNesting(*environment, static_cast<const std::uint8_t*>(__builtin_frame_address(0)));
  if (problem == nullptr) return true;
  SetPendingException(environment, problem);
  environment->pending = 0;
  return false;
}

}  // namespace tenon::runtime
