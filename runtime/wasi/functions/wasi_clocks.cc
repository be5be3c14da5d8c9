// WASI functions that read clocks.
#include <cerrno>

#include "runtime/wasi/clocks.h"
#include "runtime/wasi/context.h"

namespace tenon::runtime::wasi {

bool HostClock(std::uint32_t clock, clockid_t* host) {
  switch (clock) {
    case 0: *host = CLOCK_REALTIME; return true;
    case 1: *host = CLOCK_MONOTONIC; return true;
    case 2: *host = CLOCK_PROCESS_CPUTIME_ID; return true;
    case 3: *host = CLOCK_THREAD_CPUTIME_ID; return true;
    default: return false;
  }
}

std::uint64_t ToNanoseconds(const timespec& time) {
  return static_cast<std::uint64_t>(time.tv_sec) * kNanoseconds +
         static_cast<std::uint64_t>(time.tv_nsec);
}

std::uint64_t Now(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return ToNanoseconds(now);
}

extern "C" {

std::uint32_t wasi_clock_res_get(abi::ExecutionEnvironment* environment, std::uint32_t clock,
                                 std::uint32_t out) {
  const Caller caller(environment);
  clockid_t host;
  timespec resolution{};
  if (!HostClock(clock, &host)) return kInvalid;
  if (clock_getres(host, &resolution) != 0) return LastError();
  return caller.memory.Store(out, ToNanoseconds(resolution)) ? kSuccess : kFault;
}

// The precision is a hint that the host's clocks do not use.
std::uint32_t wasi_clock_time_get(abi::ExecutionEnvironment* environment, std::uint32_t clock,
                                  std::uint64_t, std::uint32_t out) {
  const Caller caller(environment);
  clockid_t host;
  timespec now{};
  if (!HostClock(clock, &host)) return kInvalid;
  if (clock_gettime(host, &now) != 0) return LastError();
  return caller.memory.Store(out, ToNanoseconds(now)) ? kSuccess : kFault;
}

}  // extern "C"

}  // namespace tenon::runtime::wasi
