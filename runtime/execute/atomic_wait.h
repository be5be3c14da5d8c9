// memory.atomic.wait and notify: threads wait on addresses of shared memories.
#pragma once

#include <cstdint>

#include "runtime/execute/execution_environment.h"

namespace tenon::runtime {

enum class WaitResult : std::uint32_t { kWoken = 0, kNotEqual = 1, kTimedOut = 2, kTerminated = 3 };

// Waits on `address` if the value there (of `width` 4 or 8 bytes) is `expected`, for at most
// `timeout` nanoseconds, or without limit if that is negative.
WaitResult Wait(abi::ExecutionEnvironment* environment, const void* address, unsigned width,
                std::uint64_t expected, std::int64_t timeout);
// Wakes at most `count` threads and says how many.
std::uint32_t Notify(const void* address, std::uint32_t count);

}  // namespace tenon::runtime
