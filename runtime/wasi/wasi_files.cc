// WASI functions on open descriptors: reading, writing, status, directories'
// entries, and the table itself.
#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

#include "runtime/wasi/context.h"

namespace tenon::runtime::wasi {

FileType FileTypeOf(mode_t mode) {
  if (S_ISREG(mode)) return FileType::kRegularFile;
  if (S_ISDIR(mode)) return FileType::kDirectory;
  if (S_ISCHR(mode)) return FileType::kCharacterDevice;
  if (S_ISLNK(mode)) return FileType::kSymbolicLink;
  if (S_ISBLK(mode)) return FileType::kBlockDevice;
  if (S_ISSOCK(mode)) return FileType::kSocketStream;
  return FileType::kUnknown;
}

namespace {

std::uint64_t ToNanoseconds(const timespec& time) {
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000u +
         static_cast<std::uint64_t>(time.tv_nsec);
}

ErrorCode Outcome(int result) { return result >= 0 ? kSuccess : LastError(); }

// The guest's list of buffers as the host's. A list longer than the host's limit
// is cut, which makes a short read or write, as both may be.
struct Buffers {
  iovec list[IOV_MAX];
  int count = 0;

  ErrorCode Load(const GuestMemory& memory, std::uint32_t address, std::uint32_t guest_count) {
    const std::uint8_t* cells = memory.At(address, std::uint64_t{guest_count} * 8);
    if (cells == nullptr) return kFault;
    count = guest_count < IOV_MAX ? static_cast<int>(guest_count) : IOV_MAX;
    for (int i = 0; i < count; ++i) {
      std::uint32_t cell[2];
      std::memcpy(cell, cells + static_cast<std::size_t>(i) * 8, 8);
      std::uint8_t* bytes = memory.At(cell[0], cell[1]);
      if (bytes == nullptr) return kFault;
      list[i] = {bytes, cell[1]};
    }
    return kSuccess;
  }
};

// Every reading and writing function: `transfer(host, buffers)` does the one system call.
template <typename Transfer>
ErrorCode Move(abi::ExecutionEnvironment* environment, std::uint32_t number, Rights rights,
               std::uint32_t address, std::uint32_t count, std::uint32_t out, Transfer transfer) {
  const Caller caller(environment);
  Descriptor* descriptor = nullptr;
  if (const ErrorCode error = caller.context.Require(number, rights, &descriptor)) return error;
  Buffers buffers;
  if (const ErrorCode error = buffers.Load(caller.memory, address, count)) return error;
  if (caller.memory.At(out, 4) == nullptr) return kFault;
  const ssize_t moved = transfer(descriptor->host, buffers);
  if (moved < 0) return LastError();
  caller.memory.Store(out, static_cast<std::uint32_t>(moved));  // Linux moves less than 2 GiB
  return kSuccess;
}

// Functions that only need the host's descriptor and have no results.
template <typename Operation>
ErrorCode OnHost(abi::ExecutionEnvironment* environment, std::uint32_t number, Rights rights,
                 Operation operation) {
  const Caller caller(environment);
  Descriptor* descriptor = nullptr;
  if (const ErrorCode error = caller.context.Require(number, rights, &descriptor)) return error;
  return operation(descriptor->host);
}

ErrorCode Seek(abi::ExecutionEnvironment* environment, std::uint32_t number, Rights rights,
               std::uint64_t offset, int whence, std::uint32_t out) {
  const Caller caller(environment);
  Descriptor* descriptor = nullptr;
  if (const ErrorCode error = caller.context.Require(number, rights, &descriptor)) return error;
  if (caller.memory.At(out, 8) == nullptr) return kFault;
  const off_t position = lseek(descriptor->host, static_cast<off_t>(offset), whence);
  if (position < 0) return LastError();
  caller.memory.Store(out, static_cast<std::uint64_t>(position));
  return kSuccess;
}

ErrorCode FileStatus(abi::ExecutionEnvironment* environment, Version version, std::uint32_t number,
                     std::uint32_t out) {
  const Caller caller(environment);
  Descriptor* descriptor = nullptr;
  if (const ErrorCode error = caller.context.Require(number, kRightStatus, &descriptor)) {
    return error;
  }
  struct stat status;
  if (fstat(descriptor->host, &status) != 0) return LastError();
  return StoreFileStatus(caller.memory, version, out, status);
}

// What getdents64 returns.
struct HostEntry {
  std::uint64_t inode;
  std::int64_t next;
  std::uint16_t record_length;
  std::uint8_t type;
};
constexpr std::size_t kHostNameOffset = 19;
constexpr std::uint32_t kGuestEntrySize = 24;

std::uint8_t TypeOfEntry(std::uint8_t host) {
  return static_cast<std::uint8_t>(host == DT_UNKNOWN ? FileType::kUnknown
                                                      : FileTypeOf(DTTOIF(host)));
}

}  // namespace

ErrorCode StoreFileStatus(const GuestMemory& memory, Version version, std::uint32_t address,
                          const struct stat& status) {
  std::uint8_t bytes[64] = {};
  const auto put = [&bytes](std::size_t offset, std::uint64_t value) {
    std::memcpy(bytes + offset, &value, sizeof value);
  };
  const bool unstable = version == Version::kUnstable;
  put(0, status.st_dev);
  put(8, status.st_ino);
  bytes[16] = static_cast<std::uint8_t>(FileTypeOf(status.st_mode));
  if (unstable) {  // the link count is 32 bits, right behind the type
    const auto links = static_cast<std::uint32_t>(status.st_nlink);
    std::memcpy(bytes + 20, &links, sizeof links);
  } else {
    put(24, status.st_nlink);
  }
  const std::size_t rest = unstable ? 24 : 32;
  put(rest, static_cast<std::uint64_t>(status.st_size));
  put(rest + 8, ToNanoseconds(status.st_atim));
  put(rest + 16, ToNanoseconds(status.st_mtim));
  put(rest + 24, ToNanoseconds(status.st_ctim));
  std::uint8_t* out = memory.At(address, rest + 32);
  if (out == nullptr) return kFault;
  std::memcpy(out, bytes, rest + 32);
  return kSuccess;
}

ErrorCode TimesFrom(std::uint64_t access, std::uint64_t modification, std::uint32_t flags,
                    struct timespec (&times)[2]) {
  const std::uint64_t given[2] = {access, modification};
  for (int i = 0; i < 2; ++i) {
    const std::uint32_t choice = (flags >> (2 * i)) & 3;  // bit 0: this time, bit 1: now
    if (choice == 3) return kInvalid;
    times[i].tv_sec = static_cast<time_t>(given[i] / 1'000'000'000u);
    times[i].tv_nsec = choice == 0   ? UTIME_OMIT
                       : choice == 2 ? UTIME_NOW
                                     : static_cast<long>(given[i] % 1'000'000'000u);
  }
  return kSuccess;
}

extern "C" {

std::uint32_t wasi_fd_write(abi::ExecutionEnvironment* environment, std::uint32_t number,
                            std::uint32_t buffers, std::uint32_t count, std::uint32_t out) {
  return Move(environment, number, kRightWrite, buffers, count, out,
              [](int host, const Buffers& from) { return writev(host, from.list, from.count); });
}

std::uint32_t wasi_fd_read(abi::ExecutionEnvironment* environment, std::uint32_t number,
                           std::uint32_t buffers, std::uint32_t count, std::uint32_t out) {
  return Move(environment, number, kRightRead, buffers, count, out,
              [](int host, const Buffers& to) { return readv(host, to.list, to.count); });
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

std::uint32_t wasi_fd_seek(abi::ExecutionEnvironment* environment, std::uint32_t number,
                           std::uint64_t offset, std::uint32_t whence, std::uint32_t out) {
  constexpr int kWhence[] = {SEEK_SET, SEEK_CUR, SEEK_END};
  if ((whence & 0xFF) > 2) return kInvalid;
  return Seek(environment, number, kRightSeek, offset, kWhence[whence & 0xFF], out);
}

std::uint32_t wasi_unstable_fd_seek(abi::ExecutionEnvironment* environment, std::uint32_t number,
                                    std::uint64_t offset, std::uint32_t whence, std::uint32_t out) {
  constexpr int kWhence[] = {SEEK_CUR, SEEK_END, SEEK_SET};  // preview 0's order
  if ((whence & 0xFF) > 2) return kInvalid;
  return Seek(environment, number, kRightSeek, offset, kWhence[whence & 0xFF], out);
}

std::uint32_t wasi_fd_tell(abi::ExecutionEnvironment* environment, std::uint32_t number,
                           std::uint32_t out) {
  return Seek(environment, number, kRightTell, 0, SEEK_CUR, out);
}

std::uint32_t wasi_fd_advise(abi::ExecutionEnvironment* environment, std::uint32_t number,
                             std::uint64_t offset, std::uint64_t length, std::uint32_t advice) {
  constexpr int kAdvice[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM,
                             POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,   POSIX_FADV_NOREUSE};
  if ((advice & 0xFF) > 5) return kInvalid;
  return OnHost(environment, number, kRightAdvise, [=](int host) {
    return FromHostError(posix_fadvise(host, static_cast<off_t>(offset), static_cast<off_t>(length),
                                       kAdvice[advice & 0xFF]));
  });
}

std::uint32_t wasi_fd_allocate(abi::ExecutionEnvironment* environment, std::uint32_t number,
                               std::uint64_t offset, std::uint64_t length) {
  return OnHost(environment, number, kRightAllocate, [=](int host) {
    return FromHostError(
        posix_fallocate(host, static_cast<off_t>(offset), static_cast<off_t>(length)));
  });
}

std::uint32_t wasi_fd_datasync(abi::ExecutionEnvironment* environment, std::uint32_t number) {
  return OnHost(environment, number, kRightDataSync,
                [](int host) { return Outcome(fdatasync(host)); });
}

std::uint32_t wasi_fd_sync(abi::ExecutionEnvironment* environment, std::uint32_t number) {
  return OnHost(environment, number, kRightSync, [](int host) { return Outcome(fsync(host)); });
}

std::uint32_t wasi_fd_filestat_set_size(abi::ExecutionEnvironment* environment,
                                        std::uint32_t number, std::uint64_t size) {
  return OnHost(environment, number, kRightSetSize,
                [size](int host) { return Outcome(ftruncate(host, static_cast<off_t>(size))); });
}

std::uint32_t wasi_fd_filestat_set_times(abi::ExecutionEnvironment* environment,
                                         std::uint32_t number, std::uint64_t access,
                                         std::uint64_t modification, std::uint32_t flags) {
  return OnHost(environment, number, kRightSetTimes, [=](int host) -> ErrorCode {
    struct timespec times[2];
    if (const ErrorCode error = TimesFrom(access, modification, flags, times)) return error;
    return Outcome(futimens(host, times));
  });
}

std::uint32_t wasi_fd_filestat_get(abi::ExecutionEnvironment* environment, std::uint32_t number,
                                   std::uint32_t out) {
  return FileStatus(environment, Version::kPreview1, number, out);
}

std::uint32_t wasi_unstable_fd_filestat_get(abi::ExecutionEnvironment* environment,
                                            std::uint32_t number, std::uint32_t out) {
  return FileStatus(environment, Version::kUnstable, number, out);
}

std::uint32_t wasi_fd_fdstat_get(abi::ExecutionEnvironment* environment, std::uint32_t number,
                                 std::uint32_t out) {
  const Caller caller(environment);
  Descriptor* descriptor = nullptr;
  if (const ErrorCode error = caller.context.Require(number, 0, &descriptor)) return error;
  const int host_flags = fcntl(descriptor->host, F_GETFL);
  struct stat status;
  if (host_flags < 0 || fstat(descriptor->host, &status) != 0) return LastError();
  const FileType type = FileTypeOf(status.st_mode);
  Rights rights = descriptor->rights;
  // C libraries take a character device that cannot seek for a terminal.
  if (type == FileType::kCharacterDevice && isatty(descriptor->host) == 1) {
    rights &= ~(kRightSeek | kRightTell);
  }
  std::uint16_t flags = 0;
  if ((host_flags & O_APPEND) != 0) flags |= kFlagAppend;
  if ((host_flags & O_NONBLOCK) != 0) flags |= kFlagNonBlocking;
  if ((host_flags & O_SYNC) == O_SYNC)
    flags |= kFlagSync;
  else if ((host_flags & O_DSYNC) != 0)
    flags |= kFlagDataSync;
  std::uint8_t bytes[24] = {};
  bytes[0] = static_cast<std::uint8_t>(type);
  std::memcpy(bytes + 2, &flags, 2);
  std::memcpy(bytes + 8, &rights, 8);
  std::memcpy(bytes + 16, &descriptor->inheriting, 8);
  return caller.memory.Store(out, bytes) ? kSuccess : kFault;
}

std::uint32_t wasi_fd_fdstat_set_flags(abi::ExecutionEnvironment* environment, std::uint32_t number,
                                       std::uint32_t flags) {
  return OnHost(environment, number, kRightSetFlags, [flags](int host) -> ErrorCode {
    const int old = fcntl(host, F_GETFL);
    if (old < 0) return LastError();
    // Linux does not change these after opening; asking for what is set already is fine.
    if ((flags & (kFlagDataSync | kFlagReadSync | kFlagSync)) != 0 && (old & O_DSYNC) == 0) {
      return kNotSupported;
    }
    int wanted = old & ~(O_APPEND | O_NONBLOCK);
    if ((flags & kFlagAppend) != 0) wanted |= O_APPEND;
    if ((flags & kFlagNonBlocking) != 0) wanted |= O_NONBLOCK;
    return Outcome(fcntl(host, F_SETFL, wanted));
  });
}

std::uint32_t wasi_fd_fdstat_set_rights(abi::ExecutionEnvironment* environment,
                                        std::uint32_t number, std::uint64_t rights,
                                        std::uint64_t inheriting) {
  const Caller caller(environment);
  Descriptor* descriptor = nullptr;
  if (const ErrorCode error = caller.context.Require(number, 0, &descriptor)) return error;
  const bool grows =
      (rights & ~descriptor->rights) != 0 || (inheriting & ~descriptor->inheriting) != 0;
  if (grows) return kNotCapable;
  descriptor->rights = rights;
  descriptor->inheriting = inheriting;
  return kSuccess;
}

std::uint32_t wasi_fd_close(abi::ExecutionEnvironment* environment, std::uint32_t number) {
  const Caller caller(environment);
  Descriptor* descriptor = nullptr;
  if (const ErrorCode error = caller.context.Require(number, 0, &descriptor)) return error;
  caller.context.Close(descriptor);
  return kSuccess;
}

std::uint32_t wasi_fd_renumber(abi::ExecutionEnvironment* environment, std::uint32_t from,
                               std::uint32_t to) {
  const Caller caller(environment);
  Descriptor* source = caller.context.Find(from);
  Descriptor* target = caller.context.Find(to);
  if (source == nullptr || target == nullptr) return kBadDescriptor;
  if (source == target) return kSuccess;
  caller.context.Close(target);
  std::swap(*source, *target);
  return kSuccess;
}

std::uint32_t wasi_fd_prestat_get(abi::ExecutionEnvironment* environment, std::uint32_t number,
                                  std::uint32_t out) {
  const Caller caller(environment);
  const Descriptor* descriptor = caller.context.Find(number);
  if (descriptor == nullptr || !descriptor->is_preopen) return kBadDescriptor;
  // Tag 0: a directory; then the length of its name.
  const std::uint32_t cells[2] = {0, static_cast<std::uint32_t>(descriptor->preopen_name.size())};
  return caller.memory.Store(out, cells) ? kSuccess : kFault;
}

std::uint32_t wasi_fd_prestat_dir_name(abi::ExecutionEnvironment* environment, std::uint32_t number,
                                       std::uint32_t buffer, std::uint32_t length) {
  const Caller caller(environment);
  const Descriptor* descriptor = caller.context.Find(number);
  if (descriptor == nullptr || !descriptor->is_preopen) return kBadDescriptor;
  const std::string& name = descriptor->preopen_name;
  if (length < name.size()) return kNameTooLong;
  std::uint8_t* bytes = caller.memory.At(buffer, name.size());
  if (bytes == nullptr) return kFault;
  std::memcpy(bytes, name.data(), name.size());
  return kSuccess;
}

// The cookie is the host's position, so nothing is kept between calls.
std::uint32_t wasi_fd_readdir(abi::ExecutionEnvironment* environment, std::uint32_t number,
                              std::uint32_t buffer, std::uint32_t length, std::uint64_t cookie,
                              std::uint32_t out) {
  const Caller caller(environment);
  Descriptor* descriptor = nullptr;
  if (const ErrorCode error = caller.context.Require(number, kRightReadDirectory, &descriptor)) {
    return error;
  }
  std::uint8_t* bytes = caller.memory.At(buffer, length);
  if (bytes == nullptr || caller.memory.At(out, 4) == nullptr) return kFault;
  if (lseek(descriptor->host, static_cast<off_t>(cookie), SEEK_SET) < 0) return LastError();

  std::uint32_t used = 0;
  // Cuts at the buffer's end: a full buffer tells the guest that there is more.
  const auto append = [&](const void* from, std::size_t size) {
    const std::size_t fits = size < length - used ? size : length - used;
    std::memcpy(bytes + used, from, fits);
    used += static_cast<std::uint32_t>(fits);
  };
  alignas(8) char entries[16384];
  while (used < length) {
    const long filled = syscall(SYS_getdents64, descriptor->host, entries, sizeof entries);
    if (filled < 0) return LastError();
    if (filled == 0) break;
    for (long position = 0; position < filled && used < length;) {
      HostEntry entry;
      std::memcpy(&entry, entries + position, kHostNameOffset);
      const char* name = entries + position + kHostNameOffset;
      const auto name_length = static_cast<std::uint32_t>(std::strlen(name));
      std::uint8_t head[kGuestEntrySize] = {};
      std::memcpy(head, &entry.next, 8);
      std::memcpy(head + 8, &entry.inode, 8);
      std::memcpy(head + 16, &name_length, 4);
      head[20] = TypeOfEntry(entry.type);
      append(head, sizeof head);
      append(name, name_length);
      position += entry.record_length;
    }
  }
  caller.memory.Store(out, used);
  return kSuccess;
}

}  // extern "C"

}  // namespace tenon::runtime::wasi
