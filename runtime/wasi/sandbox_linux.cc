// The sandbox on Linux: openat2(RESOLVE_BENEATH) where the kernel has it. Otherwise a walk over the
// components opens each without following links, and expands links itself. Both keep the invariant
// of sandbox.h.
#include <fcntl.h>
#include <sys/syscall.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "runtime/wasi/sandbox.h"

namespace tenon::runtime::wasi {
namespace {

// From linux/openat2.h and sys/syscall.h, which older systems lack.
struct OpenHow {
  std::uint64_t flags;
  std::uint64_t mode;
  std::uint64_t resolve;
};
constexpr std::uint64_t kResolveNoMagicLinks = 0x02;
constexpr std::uint64_t kResolveBeneath = 0x08;
constexpr long kOpenat2 = 437;  // the same on every architecture

constexpr int kMaximumLinks = 40;  // the kernel's own limit
constexpr int kRaceRetries = 16;

// Set when the kernel turns out not to have openat2. The environment variable is for testing the
// walk.
std::atomic<bool> openat2_missing{std::getenv("TENON_TEST_WITHOUT_OPENAT2") != nullptr};

long Openat2(int directory, const char* path, int flags, mode_t mode) {
  OpenHow how{};
  how.flags = static_cast<std::uint64_t>(static_cast<unsigned>(flags));
  how.mode = (flags & O_CREAT) != 0 ? mode : 0;
  how.resolve = kResolveBeneath | kResolveNoMagicLinks;
  return syscall(kOpenat2, directory, path, &how, sizeof how);
}

// Seccomp filters that do not know openat2 answer EPERM; a real EPERM is about the file.
bool Openat2Forbidden(int directory) {
  OwnedDescriptor probe(
      static_cast<int>(Openat2(directory, ".", O_PATH | O_DIRECTORY | O_CLOEXEC, 0)));
  return probe.get() < 0 && (errno == EPERM || errno == ENOSYS);
}

// Fills `target` with what the link contains; `capacity` includes the NUL.
ErrorCode ReadLink(int directory, const char* name, char* target, std::size_t capacity) {
  const ssize_t length = readlinkat(directory, name, target, capacity);
  if (length < 0) return LastError();
  if (static_cast<std::size_t>(length) == capacity) return kNameTooLong;
  target[length] = '\0';
  return kSuccess;
}

// The directories entered below the first, so that ".." returns to the one that was checked instead
// of asking the file system.
class Entered {
 public:
  explicit Entered(int first) : first_(first) {}
  Entered(const Entered&) = delete;
  Entered& operator=(const Entered&) = delete;
  ~Entered() {
    while (Leave()) {
    }
  }
  int current() const { return depth_ == 0 ? first_ : descriptors_[depth_ - 1]; }
  // Takes over the descriptor.
  bool Enter(int descriptor) {
    if (depth_ == kMaximumDepth) {
      close(descriptor);
      return false;
    }
    descriptors_[depth_++] = descriptor;
    return true;
  }
  bool Leave() {
    if (depth_ == 0) return false;
    close(descriptors_[--depth_]);
    return true;
  }

 private:
  static constexpr std::size_t kMaximumDepth = 512;
  int first_;
  std::size_t depth_ = 0;
  int descriptors_[kMaximumDepth];
};

// The rest of a path that is still to be walked. A link's target is put before it.
class Remaining {
 public:
  explicit Remaining(const char* path) : begin_(kCapacity - 1 - std::strlen(path)) {
    std::strcpy(text_ + begin_, path);
  }
  // The next component without slashes; false at the end. `slash`: whether one follows.
  bool Next(char (&name)[NAME_MAX + 2], bool* slash) {
    SkipSlashes();
    std::size_t end = begin_;
    while (text_[end] != '\0' && text_[end] != '/') ++end;
    if (end == begin_) return false;
    const std::size_t length = end - begin_ <= NAME_MAX ? end - begin_ : NAME_MAX + 1;
    std::memcpy(name, text_ + begin_, length);  // one that is too long stays too long
    name[length] = '\0';
    *slash = text_[end] == '/';
    begin_ = end;
    return true;
  }
  bool OnlySlashes() {
    SkipSlashes();
    return text_[begin_] == '\0';
  }
  // False: longer than paths may get.
  bool Prepend(const char* target, bool slash) {
    const std::size_t length = std::strlen(target) + (slash ? 1 : 0);
    if (length > begin_) return false;
    begin_ -= length;
    std::memcpy(text_ + begin_, target, length - (slash ? 1 : 0));
    if (slash) text_[begin_ + length - 1] = '/';
    return true;
  }

 private:
  static constexpr std::size_t kCapacity = std::size_t{2} * PATH_MAX;
  void SkipSlashes() {
    while (text_[begin_] == '/') ++begin_;
  }
  char text_[kCapacity];
  std::size_t begin_;
};

// Opens the last component of a path without a trailing slash.
ErrorCode OpenLast(int directory, const char* name, int flags, mode_t mode, bool follow,
                   OwnedDescriptor* result) {
  // O_NOFOLLOW refuses a link that was put there since the component was looked at.
  *result = OwnedDescriptor(openat(directory, name, flags | O_NOFOLLOW, mode));
  if (result->get() < 0) return LastError();
  struct stat status;
  // With O_PATH O_NOFOLLOW opens a link itself, which is not what following means.
  if (follow && (flags & O_PATH) != 0 && fstat(result->get(), &status) == 0 &&
      S_ISLNK(status.st_mode)) {
    return kLoop;
  }
  return kSuccess;
}

// The walk: each component is opened by itself and never followed; links are read and expanded
// here.
ErrorCode Walk(int directory, const char* path, int flags, mode_t mode, OwnedDescriptor* result) {
  Entered entered(directory);
  Remaining remaining(path);
  const bool follow_last =
      (flags & O_NOFOLLOW) == 0 && (flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL);
  char name[NAME_MAX + 2];
  char target[PATH_MAX];
  bool slash = false;
  int links = 0;
  while (remaining.Next(name, &slash)) {
    if (std::strcmp(name, ".") == 0) continue;
    if (std::strcmp(name, "..") == 0) {
      if (!entered.Leave()) return kNotCapable;
      continue;
    }
    const bool last = remaining.OnlySlashes();
    if (last && !slash) {
      if (!follow_last || ReadLink(entered.current(), name, target, sizeof target) != kSuccess) {
        return OpenLast(entered.current(), name, flags, mode, follow_last, result);
      }
    } else {
      if (last && (flags & O_CREAT) != 0) return kIsDirectory;
      const int next =
          openat(entered.current(), name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      if (next >= 0) {
        if (!entered.Enter(next)) return kNameTooLong;
        continue;
      }
      const ErrorCode error = LastError();
      if (ReadLink(entered.current(), name, target, sizeof target) != kSuccess) return error;
    }
    if (++links > kMaximumLinks) return kLoop;
    if (target[0] == '\0') return kNoEntry;
    if (target[0] == '/') return kNotCapable;
    if (!remaining.Prepend(target, slash)) return kNameTooLong;
  }
  if ((flags & O_CREAT) != 0) return (flags & O_EXCL) != 0 ? kExists : kIsDirectory;
  *result = OwnedDescriptor(openat(entered.current(), ".", flags));
  return result->get() >= 0 ? kSuccess : LastError();
}

}  // namespace

ErrorCode OpenBeneath(int directory, const char* path, int flags, mode_t mode,
                      OwnedDescriptor* result) {
  if (path[0] == '\0') return kNoEntry;
  if (path[0] == '/') return kNotCapable;
  flags |= O_CLOEXEC | O_NOCTTY;
  // openat2 refuses O_PATH together with most flags.
  if ((flags & O_PATH) != 0) flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  for (int attempt = 0; attempt < kRaceRetries; ++attempt) {
    if (openat2_missing.load(std::memory_order_relaxed)) break;
    const long opened = Openat2(directory, path, flags, mode);
    if (opened >= 0) {
      *result = OwnedDescriptor(static_cast<int>(opened));
      return kSuccess;
    }
    const int error = errno;
    if (error == EAGAIN && (flags & O_NONBLOCK) == 0) continue;  // a rename raced with ".."
    if (error == EINTR) continue;
    if (error == EXDEV) return kNotCapable;
    if (error != ENOSYS && !(error == EPERM && Openat2Forbidden(directory))) {
      return FromHostError(error);
    }
    openat2_missing.store(true, std::memory_order_relaxed);
  }
  return Walk(directory, path, flags, mode, result);
}

ErrorCode ResolveParent(int directory, char* path, ParentAndName* result) {
  if (path[0] == '\0') return kNoEntry;
  if (path[0] == '/') return kNotCapable;
  std::size_t end = std::strlen(path);
  while (path[end - 1] == '/') --end;
  result->trailing_slash = path[end] == '/';
  path[end] = '\0';
  char* const slash = std::strrchr(path, '/');
  result->name = slash == nullptr ? path : slash + 1;
  const char* parent = slash == nullptr ? nullptr : path;
  if (std::strcmp(result->name, "..") == 0) {  // never for the kernel: it would leave `directory`
    parent = path;
    result->name = ".";
  } else if (slash != nullptr) {
    *slash = '\0';
  }
  if (parent == nullptr) {
    result->directory = directory;
    return kSuccess;
  }
  const ErrorCode error = OpenBeneath(directory, parent, O_PATH | O_DIRECTORY, 0, &result->owned);
  result->directory = result->owned.get();
  return error;
}

void DoWithoutOpenat2ForTesting(bool without) { openat2_missing.store(without); }

}  // namespace tenon::runtime::wasi
