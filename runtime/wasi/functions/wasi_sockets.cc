// WASI functions on sockets: listening ones that the host has opened, and those accepted from them.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/wasi/buffers.h"
#include "runtime/wasi/context.h"
#include "runtime/wasi/sandbox.h"

namespace tenon::runtime::wasi {
namespace {

constexpr std::uint32_t kPeek = 1, kWaitAll = 2;        // riflags
constexpr std::uint16_t kDataTruncated = 1;             // roflags
constexpr std::uint32_t kShutRead = 1, kShutWrite = 2;  // sdflags

// Accepts a connection from an address that the pool allows; others are closed at once.
ErrorCode AcceptAllowed(const AddressPool& pool, int listener, int flags, OwnedDescriptor* result) {
  for (;;) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    auto* const address = reinterpret_cast<sockaddr*>(&peer);
    OwnedDescriptor accepted(accept4(listener, address, &size, flags));
    if (accepted.get() < 0) return LastError();
    if (!pool.Allows(address)) continue;
    *result = std::move(accepted);
    return kSuccess;
  }
}

}  // namespace

extern "C" {

std::uint32_t wasi_sock_accept(abi::ExecutionEnvironment* environment, std::uint32_t number,
                               std::uint32_t flags, std::uint32_t out) {
  const Caller caller(environment);
  FileReference listener;
  if (const ErrorCode error = caller.context.Require(number, kRightAccept, &listener)) return error;
  if ((flags & ~kFlagNonBlocking) != 0) return kInvalid;
  if (caller.memory.At(out, 4) == nullptr) return kFault;
  const int host_flags = SOCK_CLOEXEC | ((flags & kFlagNonBlocking) != 0 ? SOCK_NONBLOCK : 0);
  OwnedDescriptor host;
  if (const ErrorCode error =
          AcceptAllowed(caller.context.address_pool, listener->host, host_flags, &host)) {
    return error;
  }
  FileReference file = NewOpenFile(host.get(), true);
  if (!file) return kNoMemory;
  host.Release();
  file->type = FileType::kSocketStream;
  file->flags = DescriptorFlags((flags & kFlagNonBlocking) != 0 ? O_NONBLOCK : 0);
  file->rights = listener->inheriting.load();
  std::uint32_t accepted;
  if (const ErrorCode error = caller.context.descriptors.Add(std::move(file), &accepted)) {
    return error;
  }
  caller.memory.Store(out, accepted);
  return kSuccess;
}

std::uint32_t wasi_sock_recv(abi::ExecutionEnvironment* environment, std::uint32_t number,
                             std::uint32_t buffers_address, std::uint32_t count,
                             std::uint32_t flags, std::uint32_t out, std::uint32_t flags_out) {
  const Caller caller(environment);
  FileReference file;
  if (const ErrorCode error = caller.context.Require(number, kRightRead, &file)) return error;
  if ((flags & ~(kPeek | kWaitAll)) != 0) return kInvalid;
  Buffers buffers;
  if (const ErrorCode error = buffers.Load(caller.memory, buffers_address, count)) return error;
  if (caller.memory.At(out, 4) == nullptr || caller.memory.At(flags_out, 2) == nullptr) {
    return kFault;
  }
  msghdr message{};
  message.msg_iov = buffers.list;
  message.msg_iovlen = static_cast<std::size_t>(buffers.count);
  const int host_flags =
      ((flags & kPeek) != 0 ? MSG_PEEK : 0) | ((flags & kWaitAll) != 0 ? MSG_WAITALL : 0);
  const ssize_t received = recvmsg(file->host, &message, host_flags);
  if (received < 0) return file->host < 0 ? ErrorCode{kNotSocket} : LastError();
  const std::uint16_t result_flags = (message.msg_flags & MSG_TRUNC) != 0 ? kDataTruncated : 0;
  caller.memory.Store(out, static_cast<std::uint32_t>(received));
  caller.memory.Store(flags_out, result_flags);
  return kSuccess;
}

std::uint32_t wasi_sock_send(abi::ExecutionEnvironment* environment, std::uint32_t number,
                             std::uint32_t buffers_address, std::uint32_t count,
                             std::uint32_t flags, std::uint32_t out) {
  const Caller caller(environment);
  FileReference file;
  if (const ErrorCode error = caller.context.Require(number, kRightWrite, &file)) return error;
  if (flags != 0) return kInvalid;  // preview 1 defines none
  Buffers buffers;
  if (const ErrorCode error = buffers.Load(caller.memory, buffers_address, count)) return error;
  if (caller.memory.At(out, 4) == nullptr) return kFault;
  msghdr message{};
  message.msg_iov = buffers.list;
  message.msg_iovlen = static_cast<std::size_t>(buffers.count);
  const ssize_t sent = sendmsg(file->host, &message, MSG_NOSIGNAL);
  if (sent < 0) return file->host < 0 ? ErrorCode{kNotSocket} : LastError();
  caller.memory.Store(out, static_cast<std::uint32_t>(sent));
  return kSuccess;
}

std::uint32_t wasi_sock_shutdown(abi::ExecutionEnvironment* environment, std::uint32_t number,
                                 std::uint32_t how) {
  constexpr int kHow[] = {-1, SHUT_RD, SHUT_WR, SHUT_RDWR};
  const Caller caller(environment);
  FileReference file;
  if (const ErrorCode error = caller.context.Require(number, kRightShutdown, &file)) return error;
  if (how == 0 || how > (kShutRead | kShutWrite)) return kInvalid;
  return Outcome(shutdown(file->host, kHow[how]));
}

}  // extern "C"

}  // namespace tenon::runtime::wasi
