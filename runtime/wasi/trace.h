// Tracing: each call is one line in the style of strace(1), with the names and meanings of
// parameters from wasi_functions.def, the result and the duration. Internal to runtime/wasi/.
//
//   path_open(fd=3, dirflags=SYMLINK_FOLLOW, path="in.txt", oflags=CREAT, …, opened_fd=4) = 0
//   <0.000021>
//
// Only programs whose context has a TraceSink import the wrappers, so others pay nothing.
#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/wasi/clocks.h"
#include "runtime/wasi/functions/signature.h"

namespace tenon::runtime::wasi {

struct TracedFunction {
  std::string_view name;
  const Signature* signature;
  std::string_view result;  // as in the table
};

// After the call: `values` are the wasm parameters, `result` is what it returned.
void TraceCall(abi::ExecutionEnvironment* environment, const TracedFunction& function,
               const std::uint64_t* values, std::uint32_t result, std::uint64_t nanoseconds);

template <auto* kNative, const TracedFunction* kFunction>
struct Traced;
template <typename R, typename... P, R (*kNative)(abi::ExecutionEnvironment*, P...),
          const TracedFunction* kFunction>
struct Traced<kNative, kFunction> {
  static R Call(abi::ExecutionEnvironment* environment, P... parameters) {
    const std::uint64_t values[] = {parameters..., 0};
    const std::uint64_t begin = Now(CLOCK_MONOTONIC);
    if constexpr (std::is_void_v<R>) {
      kNative(environment, parameters...);
      TraceCall(environment, *kFunction, values, 0, Now(CLOCK_MONOTONIC) - begin);
    } else {
      const R error = kNative(environment, parameters...);
      TraceCall(environment, *kFunction, values, error, Now(CLOCK_MONOTONIC) - begin);
      return error;
    }
  }
};

}  // namespace tenon::runtime::wasi
