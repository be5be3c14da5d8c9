#include "tests/memory/interposed.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstddef>

namespace {

bool g_watching = false;
tenon::tests::SystemMemoryUse g_use;

void Note(std::uint64_t* counter) {
  if (g_watching) ++*counter;
}

}  // namespace

namespace tenon::tests {

void NoteAllocation() { Note(&g_use.allocations); }

void StartWatching() {
  WatchMalloc();
  g_use = {};
  g_watching = true;
}

SystemMemoryUse StopWatching() {
  g_watching = false;
  return g_use;
}

}  // namespace tenon::tests

extern "C" {

void* mmap64(void* address, std::size_t size, int protection, int flags, int file, off64_t offset) {
  if ((flags & MAP_ANONYMOUS) != 0) Note(&g_use.anonymous_mappings);
#ifdef SYS_mmap2  // of 32-bit machines: the offset in units of 4096 bytes
  const long result = ::syscall(SYS_mmap2, address, size, protection, flags, file,
                                static_cast<unsigned long>(offset / 4096));
#else
  const long result = ::syscall(SYS_mmap, address, size, protection, flags, file, offset);
#endif
  return reinterpret_cast<void*>(result);
}
void* mmap(void* address, std::size_t size, int protection, int flags, int file, off_t offset) {
  return mmap64(address, size, protection, flags, file, offset);
}
void* mremap(void* address, std::size_t old_size, std::size_t size, int flags, ...) {
  Note(&g_use.anonymous_mappings);
  va_list list;
  va_start(list, flags);
  void* const wanted = va_arg(list, void*);
  va_end(list);
  return reinterpret_cast<void*>(::syscall(SYS_mremap, address, old_size, size, flags, wanted));
}
int brk(void*) {
  Note(&g_use.breaks);
  errno = ENOMEM;
  return -1;
}
void* sbrk(std::intptr_t) {
  Note(&g_use.breaks);
  errno = ENOMEM;
  return reinterpret_cast<void*>(-1);
}

}  // extern "C"
