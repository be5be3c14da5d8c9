// WASI functions on descriptors: flags, rights, numbers, and the names of preopened directories.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/wasi/context.h"

namespace tenon::runtime::wasi {
namespace {

constexpr struct {
  int host;
  std::uint16_t flag;
} kHostFlags[] = {{O_APPEND, kFlagAppend},
                  {O_NONBLOCK, kFlagNonBlocking},
                  {O_DSYNC, kFlagDataSync},
                  {O_SYNC, kFlagSync | kFlagReadSync}};

}  // namespace

std::uint16_t DescriptorFlags(int host_flags) {
  std::uint16_t flags = 0;
  for (const auto& entry : kHostFlags) {
    if ((host_flags & entry.host) == entry.host) flags |= entry.flag;
  }
  return flags;
}

extern "C" {

std::uint32_t wasi_fd_fdstat_get(abi::ExecutionEnvironment* environment, std::uint32_t number,
                                 std::uint32_t out) {
  const Caller caller(environment);
  FileReference file;
  if (const ErrorCode error = caller.context.Require(number, 0, &file)) return error;
  std::uint16_t flags = file->flags.load(std::memory_order_relaxed);
  if (!file->owned && file->host >= 0) {
    const int host_flags = fcntl(file->host, F_GETFL);
    if (host_flags < 0) return LastError();
    flags = DescriptorFlags(host_flags);
  }
  const FileType type = TypeOf(*file);
  Rights rights = file->rights.load(std::memory_order_relaxed);
  const Rights inheriting = file->inheriting.load(std::memory_order_relaxed);
  // C libraries take a character device without the right to seek for a terminal.
  if (type == FileType::kCharacterDevice && isatty(file->host) == 1) {
    rights &= ~(kRightSeek | kRightTell);
  }
  std::uint8_t bytes[24] = {};
  bytes[0] = static_cast<std::uint8_t>(type);
  std::memcpy(bytes + 2, &flags, 2);
  std::memcpy(bytes + 8, &rights, 8);
  std::memcpy(bytes + 16, &inheriting, 8);
  return caller.memory.Store(out, bytes) ? kSuccess : kFault;
}

std::uint32_t wasi_fd_fdstat_set_flags(abi::ExecutionEnvironment* environment, std::uint32_t number,
                                       std::uint32_t flags) {
  const Caller caller(environment);
  FileReference file;
  if (const ErrorCode error = caller.context.Require(number, kRightSetFlags, &file)) return error;
  if (file->host < 0) return kNotSupported;
  const int old = fcntl(file->host, F_GETFL);
  if (old < 0) return LastError();
  // Linux does not change these after opening. Asking for what is already set is fine.
  if ((flags & (kFlagDataSync | kFlagReadSync | kFlagSync)) != 0 && (old & O_DSYNC) == 0) {
    return kNotSupported;
  }
  int wanted = old & ~(O_APPEND | O_NONBLOCK);
  if ((flags & kFlagAppend) != 0) wanted |= O_APPEND;
  if ((flags & kFlagNonBlocking) != 0) wanted |= O_NONBLOCK;
  if (fcntl(file->host, F_SETFL, wanted) != 0) return LastError();
  file->flags.store(DescriptorFlags(wanted), std::memory_order_relaxed);
  return kSuccess;
}

std::uint32_t wasi_fd_fdstat_set_rights(abi::ExecutionEnvironment* environment,
                                        std::uint32_t number, std::uint64_t rights,
                                        std::uint64_t inheriting) {
  const Caller caller(environment);
  FileReference file;
  if (const ErrorCode error = caller.context.Require(number, 0, &file)) return error;
  TypeOf(*file);  // removes rights that it cannot have
  // Rights only shrink, even if another thread takes some away meanwhile.
  Rights had = file->rights.load(), had_inheriting = file->inheriting.load();
  if ((rights & ~had) != 0 || (inheriting & ~had_inheriting) != 0) return kNotCapable;
  file->rights.fetch_and(rights);
  file->inheriting.fetch_and(inheriting);
  return kSuccess;
}

std::uint32_t wasi_fd_close(abi::ExecutionEnvironment* environment, std::uint32_t number) {
  return Caller(environment).context.descriptors.Close(number);
}

std::uint32_t wasi_fd_renumber(abi::ExecutionEnvironment* environment, std::uint32_t from,
                               std::uint32_t to) {
  return Caller(environment).context.descriptors.Renumber(from, to);
}

std::uint32_t wasi_fd_prestat_get(abi::ExecutionEnvironment* environment, std::uint32_t number,
                                  std::uint32_t out) {
  const Caller caller(environment);
  const FileReference file = caller.context.descriptors.Find(number);
  if (!file || !file->is_preopen) return kBadDescriptor;
  const std::uint32_t cells[2] = {0, file->name_length};  // 0: a directory
  return caller.memory.Store(out, cells) ? kSuccess : kFault;
}

std::uint32_t wasi_fd_prestat_dir_name(abi::ExecutionEnvironment* environment, std::uint32_t number,
                                       std::uint32_t buffer, std::uint32_t length) {
  const Caller caller(environment);
  const FileReference file = caller.context.descriptors.Find(number);
  if (!file || !file->is_preopen) return kBadDescriptor;
  if (length < file->name_length) return kNameTooLong;
  std::uint8_t* bytes = caller.memory.At(buffer, file->name_length);
  if (bytes == nullptr) return kFault;
  std::memcpy(bytes, file->name(), file->name_length);
  return kSuccess;
}

}  // extern "C"

}  // namespace tenon::runtime::wasi
