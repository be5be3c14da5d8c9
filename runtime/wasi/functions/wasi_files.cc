// WASI functions on open files: positions, sizes, times, status, directory entries.
#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "format/locking.h"
#include "runtime/wasi/clocks.h"
#include "runtime/wasi/context.h"

namespace tenon::runtime::wasi {
namespace {

// Runs a function that needs only the host's descriptor and has no results.
template <typename Operation>
ErrorCode OnHost(abi::ExecutionEnvironment* environment, std::uint32_t number, Rights rights,
                 Operation operation) {
  const Caller caller(environment);
  FileReference file;
  if (const ErrorCode error = caller.context.Require(number, rights, &file)) return error;
  if (file->host < 0) return kNotSupported;  // a callback
  return operation(file->host);
}

ErrorCode Seek(abi::ExecutionEnvironment* environment, std::uint32_t number, Rights rights,
               std::uint64_t offset, int whence, std::uint32_t out) {
  const Caller caller(environment);
  FileReference file;
  if (const ErrorCode error = caller.context.Require(number, rights, &file)) return error;
  if (caller.memory.At(out, 8) == nullptr) return kFault;
  const off_t position = lseek(file->host, static_cast<off_t>(offset), whence);
  if (position < 0) return LastError();
  caller.memory.Store(out, static_cast<std::uint64_t>(position));
  return kSuccess;
}

ErrorCode FileStatus(abi::ExecutionEnvironment* environment, Version version, std::uint32_t number,
                     std::uint32_t out) {
  const Caller caller(environment);
  FileReference file;
  if (const ErrorCode error = caller.context.Require(number, kRightStatus, &file)) return error;
  struct stat status = {};
  if (file->host >= 0 && fstat(file->host, &status) != 0) return LastError();
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
constexpr std::size_t kLongestEntry = 280;  // of the host's: names have up to 255 bytes

std::uint8_t TypeOfEntry(std::uint8_t host) {
  return static_cast<std::uint8_t>(
      host == DT_UNKNOWN ? FileType::kUnknown : FileTypeOf(static_cast<mode_t>(DTTOIF(host))));
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
  if (unstable) {  // the link count has 32 bits and follows the type
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
    times[i].tv_sec = static_cast<time_t>(given[i] / kNanoseconds);
    times[i].tv_nsec = choice == 0   ? UTIME_OMIT
                       : choice == 2 ? UTIME_NOW
                                     : static_cast<long>(given[i] % kNanoseconds);
  }
  return kSuccess;
}

extern "C" {

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

// The cookie is the host's position, so nothing is kept between calls.
std::uint32_t wasi_fd_readdir(abi::ExecutionEnvironment* environment, std::uint32_t number,
                              std::uint32_t buffer, std::uint32_t length, std::uint64_t cookie,
                              std::uint32_t out) {
  const Caller caller(environment);
  FileReference file;
  if (const ErrorCode error = caller.context.Require(number, kRightReadDirectory, &file)) {
    return error;
  }
  std::uint8_t* bytes = caller.memory.At(buffer, length);
  if (bytes == nullptr || caller.memory.At(out, 4) == nullptr) return kFault;
  // The descriptor has one position, so threads that read the same directory take turns.
  const MutexLock lock(caller.context.directory_mutex);
  if (lseek(file->host, static_cast<off_t>(cookie), SEEK_SET) < 0) return LastError();

  std::uint32_t used = 0;
  // Cuts at the buffer's end. A full buffer means for the guest that there is more.
  const auto append = [&](const void* from, std::size_t size) {
    const std::size_t fits = size < length - used ? size : length - used;
    std::memcpy(bytes + used, from, fits);
    used += static_cast<std::uint32_t>(fits);
  };
  alignas(8) char entries[16384];
  while (used < length) {
    // An entry of the host's is at most as long as the guest's with its padding.
    const std::size_t wanted = std::min<std::size_t>(sizeof entries, length - used + kLongestEntry);
    const long filled = syscall(SYS_getdents64, file->host, entries, wanted);
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
