// WASI functions that take paths. Every path goes through the sandbox.
#include <fcntl.h>

#include <cerrno>
#include <climits>
#include <cstdio>

#include "runtime/wasi/sandbox.h"

namespace tenon::runtime::wasi {
namespace {

constexpr std::uint32_t kFollow = 1;  // lookupflags: symlink_follow
enum OpenFlag : std::uint32_t { kCreate = 1, kDirectory = 2, kExclusive = 4, kTruncate = 8 };

ErrorCode LoadPath(const GuestMemory& memory, std::uint32_t address, std::uint32_t length,
                   char (&path)[PATH_MAX]) {
  const std::uint8_t* bytes = memory.At(address, length);
  if (bytes == nullptr) return kFault;
  if (length >= PATH_MAX) return kNameTooLong;
  std::memcpy(path, bytes, length);
  path[length] = '\0';
  return std::memchr(path, 0, length) != nullptr ? kInvalid : kSuccess;
}

// A directory, a path in it, and where the path leads, for functions that work on a name.
struct Place {
  FileReference base;
  char path[PATH_MAX];
  ParentAndName parent;

  Place() { path[0] = '\0'; }

  ErrorCode Load(const Caller& caller, std::uint32_t directory, Rights rights,
                 std::uint32_t address, std::uint32_t length) {
    ErrorCode error = caller.context.Require(directory, rights, &base);
    // A callback is no directory.
    if (error == kSuccess && base->host < 0) error = kNotDirectory;
    if (error == kSuccess) error = LoadPath(caller.memory, address, length, path);
    return error;
  }
  ErrorCode Resolve(const Caller& caller, std::uint32_t directory, Rights rights,
                    std::uint32_t address, std::uint32_t length) {
    ErrorCode error = Load(caller, directory, rights, address, length);
    if (error == kSuccess) error = ResolveParent(base->host, path, &parent);
    return error;
  }
  const char* name() const { return parent.name; }
  int directory() const { return parent.directory; }
  // "file/" names a directory or nothing.
  ErrorCode CheckTrailingSlash() const {
    struct stat status;
    if (!parent.trailing_slash) return kSuccess;
    if (fstatat(directory(), name(), &status, AT_SYMLINK_NOFOLLOW) != 0) return LastError();
    return S_ISDIR(status.st_mode) ? kSuccess : kNotDirectory;
  }
};

ErrorCode FileStatus(const Caller& caller, Version version, std::uint32_t directory,
                     std::uint32_t lookup, std::uint32_t path, std::uint32_t length,
                     std::uint32_t out) {
  Place place;
  if (const ErrorCode error = place.Load(caller, directory, kRightPathStatus, path, length)) {
    return error;
  }
  OwnedDescriptor file;
  const int flags = O_PATH | ((lookup & kFollow) != 0 ? 0 : O_NOFOLLOW);
  if (const ErrorCode error = OpenBeneath(place.base->host, place.path, flags, 0, &file)) {
    return error;
  }
  struct stat status;
  if (fstat(file.get(), &status) != 0) return LastError();
  return StoreFileStatus(caller.memory, version, out, status);
}

int HostOpenFlags(std::uint32_t open_flags, std::uint32_t descriptor_flags, Rights rights) {
  int flags = 0;
  const bool reads = (rights & (kRightRead | kRightReadDirectory)) != 0;
  const bool writes = (rights & (kRightWrite | kRightAllocate | kRightSetSize)) != 0;
  // Directories are always opened for reading, whatever rights are asked for.
  if ((open_flags & kDirectory) != 0)
    flags = O_RDONLY | O_DIRECTORY;
  else if (writes || (open_flags & kTruncate) != 0)
    flags = reads ? O_RDWR : O_WRONLY;
  if ((open_flags & kCreate) != 0) flags |= O_CREAT;
  if ((open_flags & kExclusive) != 0) flags |= O_EXCL;
  if ((open_flags & kTruncate) != 0) flags |= O_TRUNC;
  if ((descriptor_flags & kFlagAppend) != 0) flags |= O_APPEND;
  if ((descriptor_flags & kFlagDataSync) != 0) flags |= O_DSYNC;
  if ((descriptor_flags & kFlagNonBlocking) != 0) flags |= O_NONBLOCK;
  if ((descriptor_flags & (kFlagReadSync | kFlagSync)) != 0) flags |= O_SYNC;
  return flags;
}

}  // namespace

extern "C" {

std::uint32_t wasi_path_open(abi::ExecutionEnvironment* environment, std::uint32_t directory,
                             std::uint32_t lookup, std::uint32_t path, std::uint32_t length,
                             std::uint32_t open_flags, std::uint64_t rights,
                             std::uint64_t inheriting, std::uint32_t descriptor_flags,
                             std::uint32_t out) {
  const Caller caller(environment);
  if (caller.memory.At(out, 4) == nullptr) return kFault;
  Rights needed = kRightOpen;
  if ((open_flags & kCreate) != 0) needed |= kRightCreateFile;
  if ((open_flags & kTruncate) != 0) needed |= kRightPathSetSize;
  Place place;
  if (const ErrorCode error = place.Load(caller, directory, needed, path, length)) return error;
  if ((open_flags & kCreate) != 0 && (open_flags & kDirectory) != 0) return kInvalid;

  // Compilers' libraries ask for more rights than a directory passes on; they get the allowed ones.
  const Rights allowed = rights & place.base->inheriting.load(std::memory_order_relaxed);
  if ((open_flags & kDirectory) != 0 && (allowed & kRightWrite) != 0) return kIsDirectory;
  int flags = HostOpenFlags(open_flags, descriptor_flags, allowed);
  if ((lookup & kFollow) == 0) flags |= O_NOFOLLOW;
  OwnedDescriptor host;
  if (const ErrorCode error = OpenBeneath(place.base->host, place.path, flags, 0666, &host)) {
    return error;
  }
  FileReference file = NewOpenFile(host.get(), true);
  if (!file) return kNoMemory;
  host.Release();
  file->flags = DescriptorFlags(flags);
  file->rights = allowed;
  file->inheriting = inheriting & place.base->inheriting.load(std::memory_order_relaxed);
  std::uint32_t number;
  if (const ErrorCode error = caller.context.descriptors.Add(std::move(file), &number)) {
    return error;
  }
  caller.memory.Store(out, number);
  return kSuccess;
}

std::uint32_t wasi_path_filestat_get(abi::ExecutionEnvironment* environment,
                                     std::uint32_t directory, std::uint32_t lookup,
                                     std::uint32_t path, std::uint32_t length, std::uint32_t out) {
  return FileStatus(Caller(environment), Version::kPreview1, directory, lookup, path, length, out);
}

std::uint32_t wasi_unstable_path_filestat_get(abi::ExecutionEnvironment* environment,
                                              std::uint32_t directory, std::uint32_t lookup,
                                              std::uint32_t path, std::uint32_t length,
                                              std::uint32_t out) {
  return FileStatus(Caller(environment), Version::kUnstable, directory, lookup, path, length, out);
}

std::uint32_t wasi_path_filestat_set_times(abi::ExecutionEnvironment* environment,
                                           std::uint32_t directory, std::uint32_t lookup,
                                           std::uint32_t path, std::uint32_t length,
                                           std::uint64_t access, std::uint64_t modification,
                                           std::uint32_t time_flags) {
  const Caller caller(environment);
  Place place;
  if (const ErrorCode error = place.Load(caller, directory, kRightPathSetTimes, path, length)) {
    return error;
  }
  struct timespec times[2];
  if (const ErrorCode error = TimesFrom(access, modification, time_flags, times)) return error;
  OwnedDescriptor file;
  const int flags = O_PATH | ((lookup & kFollow) != 0 ? 0 : O_NOFOLLOW);
  if (const ErrorCode error = OpenBeneath(place.base->host, place.path, flags, 0, &file)) {
    return error;
  }
  if (utimensat(file.get(), "", times, AT_EMPTY_PATH) == 0) return kSuccess;
  if (errno != EINVAL) return LastError();
  // Kernels before 5.8 do not know AT_EMPTY_PATH here.
  char through_proc[40];
  std::snprintf(through_proc, sizeof through_proc, "/proc/self/fd/%d", file.get());
  return Outcome(utimensat(AT_FDCWD, through_proc, times, 0));
}

std::uint32_t wasi_path_create_directory(abi::ExecutionEnvironment* environment,
                                         std::uint32_t directory, std::uint32_t path,
                                         std::uint32_t length) {
  const Caller caller(environment);
  Place place;
  if (const ErrorCode error =
          place.Resolve(caller, directory, kRightCreateDirectory, path, length)) {
    return error;
  }
  return Outcome(mkdirat(place.directory(), place.name(), 0777));
}

std::uint32_t wasi_path_remove_directory(abi::ExecutionEnvironment* environment,
                                         std::uint32_t directory, std::uint32_t path,
                                         std::uint32_t length) {
  const Caller caller(environment);
  Place place;
  if (const ErrorCode error =
          place.Resolve(caller, directory, kRightRemoveDirectory, path, length)) {
    return error;
  }
  return Outcome(unlinkat(place.directory(), place.name(), AT_REMOVEDIR));
}

std::uint32_t wasi_path_unlink_file(abi::ExecutionEnvironment* environment, std::uint32_t directory,
                                    std::uint32_t path, std::uint32_t length) {
  const Caller caller(environment);
  Place place;
  if (const ErrorCode error = place.Resolve(caller, directory, kRightUnlink, path, length)) {
    return error;
  }
  if (const ErrorCode error = place.CheckTrailingSlash()) return error;
  return Outcome(unlinkat(place.directory(), place.name(), 0));
}

std::uint32_t wasi_path_link(abi::ExecutionEnvironment* environment, std::uint32_t old_directory,
                             std::uint32_t lookup, std::uint32_t old_path, std::uint32_t old_length,
                             std::uint32_t new_directory, std::uint32_t new_path,
                             std::uint32_t new_length) {
  const Caller caller(environment);
  if ((lookup & kFollow) != 0) return kInvalid;  // the kernel would follow out of the sandbox
  Place from, to;
  if (const ErrorCode error =
          from.Resolve(caller, old_directory, kRightLinkSource, old_path, old_length)) {
    return error;
  }
  if (const ErrorCode error =
          to.Resolve(caller, new_directory, kRightLinkTarget, new_path, new_length)) {
    return error;
  }
  if (const ErrorCode error = from.CheckTrailingSlash()) return error;
  if (to.parent.trailing_slash) return kNoEntry;  // a directory cannot be a hard link
  return Outcome(linkat(from.directory(), from.name(), to.directory(), to.name(), 0));
}

std::uint32_t wasi_path_rename(abi::ExecutionEnvironment* environment, std::uint32_t old_directory,
                               std::uint32_t old_path, std::uint32_t old_length,
                               std::uint32_t new_directory, std::uint32_t new_path,
                               std::uint32_t new_length) {
  const Caller caller(environment);
  Place from, to;
  if (const ErrorCode error =
          from.Resolve(caller, old_directory, kRightRenameSource, old_path, old_length)) {
    return error;
  }
  if (const ErrorCode error =
          to.Resolve(caller, new_directory, kRightRenameTarget, new_path, new_length)) {
    return error;
  }
  from.parent.trailing_slash |= to.parent.trailing_slash;  // either asks for a directory
  if (const ErrorCode error = from.CheckTrailingSlash()) return error;
  return Outcome(renameat(from.directory(), from.name(), to.directory(), to.name()));
}

std::uint32_t wasi_path_symlink(abi::ExecutionEnvironment* environment, std::uint32_t target,
                                std::uint32_t target_length, std::uint32_t directory,
                                std::uint32_t path, std::uint32_t length) {
  const Caller caller(environment);
  char text[PATH_MAX];
  if (const ErrorCode error = LoadPath(caller.memory, target, target_length, text)) return error;
  // Tenon would never follow it, but other programs on the host might.
  if (text[0] == '/') return kNotCapable;
  Place place;
  if (const ErrorCode error = place.Resolve(caller, directory, kRightSymlink, path, length)) {
    return error;
  }
  if (const ErrorCode error = place.CheckTrailingSlash()) return error;
  return Outcome(symlinkat(text, place.directory(), place.name()));
}

std::uint32_t wasi_path_readlink(abi::ExecutionEnvironment* environment, std::uint32_t directory,
                                 std::uint32_t path, std::uint32_t length, std::uint32_t buffer,
                                 std::uint32_t buffer_length, std::uint32_t out) {
  const Caller caller(environment);
  Place place;
  if (const ErrorCode error = place.Resolve(caller, directory, kRightReadLink, path, length)) {
    return error;
  }
  if (const ErrorCode error = place.CheckTrailingSlash()) return error;
  std::uint8_t* bytes = caller.memory.At(buffer, buffer_length);
  if (bytes == nullptr || caller.memory.At(out, 4) == nullptr) return kFault;
  char target[PATH_MAX];
  const ssize_t size = readlinkat(place.directory(), place.name(), target, sizeof target);
  if (size < 0) return LastError();
  // As readlink(2): what does not fit is cut off.
  const std::uint32_t copied = static_cast<std::uint32_t>(size) < buffer_length
                                   ? static_cast<std::uint32_t>(size)
                                   : buffer_length;
  std::memcpy(bytes, target, copied);
  caller.memory.Store(out, copied);
  return kSuccess;
}

}  // extern "C"

}  // namespace tenon::runtime::wasi
