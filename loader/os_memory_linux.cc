// os_memory.h on Linux.
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "loader/os_memory.h"

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

// What IsNeverWritten asks the dynamic linker's list of objects.
struct Question {
  std::uintptr_t begin;
  std::uintptr_t end;
  bool never_written;
};

int Ask(dl_phdr_info* object, std::size_t, void* state) {
  auto& question = *static_cast<Question*>(state);
  for (std::size_t i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    const std::uintptr_t begin = object->dlpi_addr + segment.p_vaddr;
    if (segment.p_type != PT_LOAD || question.begin < begin ||
        question.end > begin + segment.p_filesz) {
      continue;
    }
    question.never_written = (segment.p_flags & PF_W) == 0;
    return 1;
  }
  return 0;
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
  void* const moved = ::mremap(base, old_size, size, MREMAP_MAYMOVE);
  return moved == MAP_FAILED ? nullptr : moved;
}

void Unmap(void* base, std::uint64_t size) { ::munmap(base, size); }

void PreferLargePages(void* base, std::uint64_t size) { ::madvise(base, size, MADV_HUGEPAGE); }

bool Protect(void* base, std::uint64_t size, Access access) {
  return ::mprotect(base, size, ProtectionOf(access)) == 0;
}

bool IsNeverWritten(const void* base, std::uint64_t size) {
  const auto begin = reinterpret_cast<std::uintptr_t>(base);
  Question question{begin, begin + static_cast<std::uintptr_t>(size), false};
  ::dl_iterate_phdr(Ask, &question);
  return question.never_written;
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

void* MapFile(void* at, const File& file, std::uint64_t offset, std::uint64_t size, Access access) {
  if (!Fits(size)) return nullptr;
  void* const base =
      ::mmap(at, size, ProtectionOf(access), MAP_PRIVATE | (at != nullptr ? MAP_FIXED : 0),
             file.descriptor, static_cast<off_t>(offset));
  return base == MAP_FAILED ? nullptr : base;
}

}  // namespace tenon::os
