// WASI functions that read and write: each is one system call, directly on linear memory.
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/wasi/buffers.h"
#include "runtime/wasi/context.h"

namespace tenon::runtime::wasi {
namespace {

// One call of the callback for each buffer, until one is moved in part.
ssize_t MoveThroughCallback(const StreamCallback& stream, const Buffers& buffers) {
  ssize_t moved = 0;
  for (int i = 0; i < buffers.count; ++i) {
    const iovec& buffer = buffers.list[i];
    if (buffer.iov_len == 0) continue;
    const std::int64_t now = stream.move(stream.user_data, buffer.iov_base, buffer.iov_len);
    if (now < 0) {
      if (moved != 0) break;  // what has been moved has been moved
      errno = static_cast<int>(-now);
      return -1;
    }
    moved += static_cast<ssize_t>(now);
    if (static_cast<std::uint64_t>(now) < buffer.iov_len) break;
  }
  return moved;
}

// All reading and writing functions: `transfer(host, buffers)` makes the system call. For a stream
// that is a callback, the callback is called instead, if the function has no position of its own.
template <typename Transfer>
ErrorCode Move(abi::ExecutionEnvironment* environment, std::uint32_t number, Rights rights,
               std::uint32_t address, std::uint32_t count, std::uint32_t out, Transfer transfer) {
  const Caller caller(environment);
  FileReference file;
  if (const ErrorCode error = caller.context.Require(number, rights, &file)) return error;
  Buffers buffers;
  if (const ErrorCode error = buffers.Load(caller.memory, address, count)) return error;
  if (caller.memory.At(out, 4) == nullptr) return kFault;
  ssize_t moved;
  if (file->host >= 0) {
    moved = transfer(file->host, buffers);
  } else if ((rights & kRightSeek) == 0) {
    moved = MoveThroughCallback(file->stream(), buffers);
  } else {
    return kNotSeekable;
  }
  // A directory has no rights to contents; see WasiContext::Require.
  if (moved < 0) return errno == EISDIR ? ErrorCode{kBadDescriptor} : LastError();
  caller.memory.Store(out, static_cast<std::uint32_t>(moved));  // Linux moves less than 2 GiB
  return kSuccess;
}

}  // namespace

extern "C" {

std::uint32_t wasi_fd_write(abi::ExecutionEnvironment* environment, std::uint32_t number,
                            std::uint32_t buffers, std::uint32_t count, std::uint32_t out) {
  return Move(environment, number, kRightWrite, buffers, count, out,
              [](int host, const Buffers& from) {
                return from.count == 1 ? write(host, from.list->iov_base, from.list->iov_len)
                                       : writev(host, from.list, from.count);
              });
}

std::uint32_t wasi_fd_read(abi::ExecutionEnvironment* environment, std::uint32_t number,
                           std::uint32_t buffers, std::uint32_t count, std::uint32_t out) {
  return Move(environment, number, kRightRead, buffers, count, out,
              [](int host, const Buffers& to) {
                return to.count == 1 ? read(host, to.list->iov_base, to.list->iov_len)
                                     : readv(host, to.list, to.count);
              });
}

std::uint32_t wasi_fd_pwrite(abi::ExecutionEnvironment* environment, std::uint32_t number,
                             std::uint32_t buffers, std::uint32_t count, std::uint64_t offset,
                             std::uint32_t out) {
  return Move(environment, number, kRightWrite | kRightSeek, buffers, count, out,
              [offset](int host, const Buffers& from) {
                return pwritev(host, from.list, from.count, static_cast<off_t>(offset));
              });
}

std::uint32_t wasi_fd_pread(abi::ExecutionEnvironment* environment, std::uint32_t number,
                            std::uint32_t buffers, std::uint32_t count, std::uint64_t offset,
                            std::uint32_t out) {
  return Move(environment, number, kRightRead | kRightSeek, buffers, count, out,
              [offset](int host, const Buffers& to) {
                return preadv(host, to.list, to.count, static_cast<off_t>(offset));
              });
}

}  // extern "C"

}  // namespace tenon::runtime::wasi
