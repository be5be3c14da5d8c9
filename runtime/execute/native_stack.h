// The host's stack, on which native functions run: where this thread's ends, so that recursion from
// wasm through the host and into wasm again stops before it.
//
// Nothing here allocates where the allocator in use may not map (pools).
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/execute/execution_environment.h"

namespace tenon::runtime {

// Of a thread's own stack; null: not known.
struct StackBounds {
  const std::uint8_t* low = nullptr;
  const std::uint8_t* high = nullptr;
  bool Has(const void* address) const { return address >= low && address < high; }
};
// Asks the system (arch/OS/native_stack.cc).
StackBounds AskNativeStack();
// This thread's, asked for once.
const StackBounds& NativeStack();
// For threads whose stack the runtime has chosen.
void SetNativeStack(void* low, std::size_t size);

inline constexpr char kNativeStackOverflow[] = "native stack overflow";

// Whether a native function that was called in `environment` may call wasm in it: on the same
// thread, and while there is room on the host's stack. Else the environment's exception text says
// why not.
bool MayNest(abi::ExecutionEnvironment* environment);

}  // namespace tenon::runtime
