// The operating system's memory, and the only door to it: whole pages, mapped
// anonymously or from files, and what may be done with them.
//
// Nothing here allocates. Sizes are in bytes; where a page multiple is needed it says so.
#pragma once

#include <cstdint>

namespace tenon::os {

enum class Access { kNone, kRead, kReadWrite, kReadExecute };

std::uint64_t PageSize();
constexpr std::uint64_t AlignUp(std::uint64_t value, std::uint64_t alignment) {
  return (value + alignment - 1) & ~(alignment - 1);
}
inline std::uint64_t PageAlign(std::uint64_t value) { return AlignUp(value, PageSize()); }

// Fresh pages that read as zero and cost nothing until they are touched; null if there is no
// address space.
void* MapAnonymous(std::uint64_t size, Access access);
// Grows or shrinks what MapAnonymous gave as one read-write mapping, in place or elsewhere; null:
// left as it was.
void* Remap(void* base, std::uint64_t old_size, std::uint64_t size);
void Unmap(void* base, std::uint64_t size);
// Asks for large pages where the system has them on demand: fewer misses of the address cache. Only
// advice; what is touched may then take memory by the large page.
void PreferLargePages(void* base, std::uint64_t size);
// Whole pages.
bool Protect(void* base, std::uint64_t size, Access access);

// Whether these are bytes of the read-only pages of a loaded program or library: nobody writes them
// while it is loaded, and what else lies in the same pages is as constant. Else false; also where
// that is not known.
bool IsNeverWritten(const void* base, std::uint64_t size);

// A file opened for mapping.
struct File {
  int descriptor = -1;
  std::uint64_t size = 0;
};
// 0 or an errno value; regular files only.
int OpenFile(const char* path, File* file);
void CloseFile(const File& file);
// All of it, from its start, to `destination`. 0 or an errno value; EIO if there is less by now.
int ReadFile(const File& file, void* destination);
// Private pages of the file (writes do not reach it); `offset` is a page multiple. With `at`,
// they replace what is mapped there. Null: errno says why.
void* MapFile(void* at, const File& file, std::uint64_t offset, std::uint64_t size, Access access);

}  // namespace tenon::os
