// os_memory.h on POSIX systems.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "loader/os_memory.h"

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

namespace tenon::os {
namespace {

int ProtectionOf(Access access) {
  switch (access) {
    case Access::kNone: return PROT_NONE;
    case Access::kRead: return PROT_READ;
    case Access::kReadWrite: return PROT_READ | PROT_WRITE;
    case Access::kReadExecute: return PROT_READ | PROT_EXEC;
  }
  return PROT_NONE;
}

// On 32-bit machines sizes may be more than there are addresses.
bool Fits(std::uint64_t size) {
  if (size <= SIZE_MAX) return true;
  errno = ENOMEM;
  return false;
}

}  // namespace

std::uint64_t PageSize() {
  static const auto size = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return size;
}

void* MapAnonymous(std::uint64_t size, Access access) {
  if (!Fits(size)) return nullptr;
  void* const base = ::mmap(nullptr, size, ProtectionOf(access),
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return base == MAP_FAILED ? nullptr : base;
}

void* Remap(void* base, std::uint64_t old_size, std::uint64_t size) {
  if (!Fits(size)) return nullptr;
#if defined(__linux__)
  void* const moved = ::mremap(base, old_size, size, MREMAP_MAYMOVE);
  return moved == MAP_FAILED ? nullptr : moved;
#else
  void* const moved = MapAnonymous(size, Access::kReadWrite);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, base, old_size < size ? old_size : size);
  Unmap(base, old_size);
  return moved;
#endif
}

void Unmap(void* base, std::uint64_t size) { ::munmap(base, size); }

void PreferLargePages([[maybe_unused]] void* base, [[maybe_unused]] std::uint64_t size) {
#if defined(MADV_HUGEPAGE)
  ::madvise(base, size, MADV_HUGEPAGE);
#endif
}

bool Protect(void* base, std::uint64_t size, Access access) {
  return ::mprotect(base, size, ProtectionOf(access)) == 0;
}

int OpenFile(const char* path, File* file) {
  // Without O_NONBLOCK a named pipe would be waited for.
  const int descriptor = ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return errno;
  struct stat status;
  int error = ::fstat(descriptor, &status) == 0 ? 0 : errno;
  if (error == 0 && S_ISDIR(status.st_mode)) error = EISDIR;
  if (error == 0 && !S_ISREG(status.st_mode)) error = EINVAL;
  if (error != 0) {
    ::close(descriptor);
    return error;
  }
  *file = {descriptor, static_cast<std::uint64_t>(status.st_size)};
  return 0;
}

void CloseFile(const File& file) {
  if (file.descriptor >= 0) ::close(file.descriptor);
}

int ReadFile(const File& file, void* destination) {
  for (std::uint64_t done = 0; done < file.size;) {
    const ssize_t got =
        ::pread(file.descriptor, static_cast<std::uint8_t*>(destination) + done,
                static_cast<std::size_t>(file.size - done), static_cast<off_t>(done));
    if (got == 0) return EIO;
    if (got < 0 && errno != EINTR) return errno;
    if (got > 0) done += static_cast<std::uint64_t>(got);
  }
  return 0;
}

void* MapFile(void* at, const File& file, std::uint64_t offset, std::uint64_t size, Access access) {
  if (!Fits(size)) return nullptr;
  void* const base =
      ::mmap(at, size, ProtectionOf(access), MAP_PRIVATE | (at != nullptr ? MAP_FIXED : 0),
             file.descriptor, static_cast<off_t>(offset));
  return base == MAP_FAILED ? nullptr : base;
}

}  // namespace tenon::os
