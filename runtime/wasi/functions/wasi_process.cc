// WASI functions about the process: arguments, environment, exit, random bytes,
// scheduling.
#include <sched.h>
#include <sys/random.h>

#include <algorithm>
#include <cerrno>

#include "runtime/wasi/context.h"

namespace tenon::runtime::wasi {
namespace {

ErrorCode StoreSizes(const GuestMemory& memory, const StringList& list, std::uint32_t count_out,
                     std::uint32_t size_out) {
  const bool stored = memory.Store(count_out, list.count) &&
                      memory.Store(size_out, static_cast<std::uint32_t>(list.bytes.size()));
  return stored ? kSuccess : kFault;
}

ErrorCode StoreStrings(const GuestMemory& memory, const StringList& list, std::uint32_t pointers,
                       std::uint32_t buffer) {
  std::uint8_t* bytes = memory.At(buffer, list.bytes.size());
  std::uint8_t* cells = memory.At(pointers, std::uint64_t{list.count} * 4);
  if (bytes == nullptr || cells == nullptr) return kFault;
  std::memcpy(bytes, list.bytes.data(), list.bytes.size());
  std::size_t position = 0;
  for (std::size_t i = 0; i < list.count; ++i) {
    const auto address = static_cast<std::uint32_t>(buffer + position);
    std::memcpy(cells + i * 4, &address, 4);
    position += std::strlen(list.bytes.data() + position) + 1;
  }
  return kSuccess;
}

}  // namespace

extern "C" {

std::uint32_t wasi_args_sizes_get(abi::ExecutionEnvironment* environment, std::uint32_t count_out,
                                  std::uint32_t size_out) {
  const Caller caller(environment);
  return StoreSizes(caller.memory, caller.context.args, count_out, size_out);
}

std::uint32_t wasi_args_get(abi::ExecutionEnvironment* environment, std::uint32_t pointers,
                            std::uint32_t buffer) {
  const Caller caller(environment);
  return StoreStrings(caller.memory, caller.context.args, pointers, buffer);
}

std::uint32_t wasi_environ_sizes_get(abi::ExecutionEnvironment* environment,
                                     std::uint32_t count_out, std::uint32_t size_out) {
  const Caller caller(environment);
  return StoreSizes(caller.memory, caller.context.environment, count_out, size_out);
}

std::uint32_t wasi_environ_get(abi::ExecutionEnvironment* environment, std::uint32_t pointers,
                               std::uint32_t buffer) {
  const Caller caller(environment);
  return StoreStrings(caller.memory, caller.context.environment, pointers, buffer);
}

void wasi_proc_exit(abi::ExecutionEnvironment* environment, std::uint32_t code) {
  RequestExit(environment, code);
}

// Signals would reach the host's process, not the program.
std::uint32_t wasi_proc_raise(abi::ExecutionEnvironment*, std::uint32_t) { return kNotSupported; }

std::uint32_t wasi_random_get(abi::ExecutionEnvironment* environment, std::uint32_t buffer,
                              std::uint32_t length) {
  const Caller caller(environment);
  std::uint8_t* bytes = caller.memory.At(buffer, length);
  if (bytes == nullptr) return kFault;
  std::size_t done = 0;
  while (done < length) {
    // Large requests come back in parts, and can be interrupted.
    const ssize_t got = getrandom(bytes + done, length - done, 0);
    if (got < 0 && errno != EINTR) return LastError();
    if (got > 0) done += static_cast<std::size_t>(got);
  }
  return kSuccess;
}

std::uint32_t wasi_sched_yield(abi::ExecutionEnvironment*) {
  return sched_yield() == 0 ? kSuccess : LastError();
}

}  // extern "C"

}  // namespace tenon::runtime::wasi
