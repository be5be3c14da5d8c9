// Resolves paths that cannot leave a directory. No guest path becomes a host file in another way.
// Internal to runtime/wasi/.
//
// Invariant: whatever the path, its symbolic links, and concurrent renames, the result lies beneath
// `directory`. Absolute paths and links are refused with kNotCapable, like every other attempt to
// leave. Nothing here allocates.
#pragma once

#include <limits.h>
#include <unistd.h>

#include <utility>

#include "runtime/wasi/context.h"

namespace tenon::runtime::wasi {

// Owns a host descriptor; -1 is none.
class OwnedDescriptor {
 public:
  OwnedDescriptor() = default;
  explicit OwnedDescriptor(int descriptor) : descriptor_(descriptor) {}
  OwnedDescriptor(OwnedDescriptor&& other) noexcept : descriptor_(other.Release()) {}
  OwnedDescriptor& operator=(OwnedDescriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~OwnedDescriptor() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  int get() const { return descriptor_; }
  int Release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_ = -1;
};

// open(2) beneath `directory`; O_NOFOLLOW in `flags` applies to the last component.
ErrorCode OpenBeneath(int directory, const char* path, int flags, mode_t mode,
                      OwnedDescriptor* result);

// A path split for the *at functions: `name` in `directory`, neither ".." nor
// containing a slash. Callers must not let the kernel follow `name` if it is a link.
struct ParentAndName {
  int directory = -1;
  OwnedDescriptor owned;       // holds `directory`, unless that is the caller's
  const char* name = nullptr;  // points into the path, or to "."
  bool trailing_slash = false;
};
// Changes `path` (NUL-terminated): separators become NULs.
ErrorCode ResolveParent(int directory, char* path, ParentAndName* result);

// Makes OpenBeneath do without openat2, as on kernels before 5.6.
void DoWithoutOpenat2ForTesting(bool without);

}  // namespace tenon::runtime::wasi
