// The operating system's memory: whole pages, mapped anonymously or from files, and their
// protection. The loader and the runtime map memory through this header alone.
//
// Nothing here allocates. Sizes are in bytes; a function that needs a multiple of pages says so.
#pragma once

#include <cstdint>

#include "format/ranges.h"

namespace tenon::os {

enum class Access { kNone, kRead, kReadWrite, kReadExecute };

std::uint64_t PageSize();
inline std::uint64_t PageAlign(std::uint64_t value) { return AlignUp(value, PageSize()); }

// Fresh pages that read as zero and take no memory until they are touched; null if there is no
// address space left.
void* MapAnonymous(std::uint64_t size, Access access);
// Grows or shrinks a read-write mapping of MapAnonymous, in place or elsewhere; null: it is left as
// it was.
void* Remap(void* base, std::uint64_t old_size, std::uint64_t size);
void Unmap(void* base, std::uint64_t size);
// Asks for large pages where the system has them on demand, for fewer TLB misses. What is touched
// may then take memory by the large page.
void PreferLargePages(void* base, std::uint64_t size);
// Whole pages.
bool Protect(void* base, std::uint64_t size, Access access);

// Whether these bytes lie in read-only pages of a loaded program or library. Nobody writes those
// while it is loaded, and what else lies in the same pages is constant too. False also if that is
// not known.
bool IsNeverWritten(const void* base, std::uint64_t size);

// A file opened for mapping.
struct File {
  int descriptor = -1;
  std::uint64_t size = 0;
};
// 0 or an errno value; regular files only.
int OpenFile(const char* path, File* file);
void CloseFile(const File& file);
// Private pages of the file (writes do not reach it); `offset` is a page multiple. With `at`,
// they replace what is mapped there. Null: errno says why.
void* MapFile(void* at, const File& file, std::uint64_t offset, std::uint64_t size, Access access);

}  // namespace tenon::os
