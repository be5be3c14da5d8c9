// The sandbox on Linux: openat2(RESOLVE_BENEATH) where the kernel has it,
// otherwise a walk over the components that opens each without following links
// and expands links itself. Both hold the invariant of sandbox.h.
#include <fcntl.h>
#include <sys/syscall.h>

#include <atomic>
#include <cerrno>
#include <vector>

#include "runtime/wasi/sandbox.h"

namespace tenon::runtime::wasi {
namespace {

// From linux/openat2.h, which older systems' headers lack.
struct OpenHow {
  std::uint64_t flags;
  std::uint64_t mode;
  std::uint64_t resolve;
};
constexpr std::uint64_t kResolveNoMagicLinks = 0x02;
constexpr std::uint64_t kResolveBeneath = 0x08;
#ifdef SYS_openat2
constexpr long kOpenat2 = SYS_openat2;
#else
constexpr long kOpenat2 = 437;  // the same on every architecture
#endif

constexpr int kMaximumLinks = 40;  // the kernel's own limit
constexpr std::size_t kMaximumPath = 4096;
constexpr int kRaceRetries = 16;

std::atomic<bool> openat2_missing{false};

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

ErrorCode ReadLink(int directory, const std::string& name, std::string* target) {
  char buffer[kMaximumPath];
  const ssize_t length = readlinkat(directory, name.c_str(), buffer, sizeof buffer);
  if (length < 0) return LastError();
  if (static_cast<std::size_t>(length) == sizeof buffer) return kNameTooLong;
  target->assign(buffer, static_cast<std::size_t>(length));
  return kSuccess;
}

// The walk. `parents` are the directories entered below `directory`, so that ".."
// goes back to the one that was checked instead of asking the file system.
ErrorCode Walk(int directory, std::string rest, int flags, mode_t mode, OwnedDescriptor* result) {
  std::vector<OwnedDescriptor> parents;
  int links = 0;
  for (;;) {
    const int current = parents.empty() ? directory : parents.back().get();
    const std::size_t begin = rest.find_first_not_of('/');
    if (begin == std::string::npos) {
      if ((flags & O_CREAT) != 0) return (flags & O_EXCL) != 0 ? kExists : kIsDirectory;
      *result = OwnedDescriptor(openat(current, ".", flags));
      return result->get() >= 0 ? kSuccess : LastError();
    }
    const std::size_t end = rest.find('/', begin);
    const std::string name = rest.substr(begin, end == std::string::npos ? end : end - begin);
    const bool slash = end != std::string::npos;  // a trailing slash: a directory, and followed
    rest = slash ? rest.substr(end) : std::string();
    const bool last = rest.find_first_not_of('/') == std::string::npos;
    if (name == ".") continue;
    if (name == "..") {
      if (parents.empty()) return kNotCapable;
      parents.pop_back();
      continue;
    }
    std::string target;
    if (last && !slash) {
      const bool follow =
          (flags & O_NOFOLLOW) == 0 && (flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL);
      if (!follow || ReadLink(current, name, &target) != kSuccess) {
        // A link put there since the look is refused by O_NOFOLLOW.
        *result = OwnedDescriptor(openat(current, name.c_str(), flags | O_NOFOLLOW, mode));
        if (result->get() < 0) return LastError();
        struct stat status;
        // With O_PATH O_NOFOLLOW opens a link itself, which is not what following means.
        if (follow && (flags & O_PATH) != 0 && fstat(result->get(), &status) == 0 &&
            S_ISLNK(status.st_mode)) {
          return kLoop;
        }
        return kSuccess;
      }
    } else {
      if (last && (flags & O_CREAT) != 0) return kIsDirectory;
      const int next = openat(current, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      if (next >= 0) {
        parents.emplace_back(next);
        continue;
      }
      const ErrorCode error = LastError();
      if (ReadLink(current, name, &target) != kSuccess) return error;
    }
    if (++links > kMaximumLinks) return kLoop;
    if (target.empty()) return kNoEntry;
    if (target[0] == '/') return kNotCapable;
    rest = target + rest;
    if (rest.size() > kMaximumPath * 2) return kNameTooLong;
  }
}

}  // namespace

ErrorCode OpenBeneath(int directory, const std::string& path, int flags, mode_t mode,
                      OwnedDescriptor* result) {
  if (path.empty()) return kNoEntry;
  if (path[0] == '/') return kNotCapable;
  flags |= O_CLOEXEC | O_NOCTTY;
  // openat2 refuses O_PATH together with most flags.
  if ((flags & O_PATH) != 0) flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  for (int attempt = 0; attempt < kRaceRetries; ++attempt) {
    if (openat2_missing.load(std::memory_order_relaxed)) break;
    const long opened = Openat2(directory, path.c_str(), flags, mode);
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

ErrorCode ResolveParent(int directory, const std::string& path, ParentAndName* result) {
  if (path.empty()) return kNoEntry;
  if (path[0] == '/') return kNotCapable;
  const std::size_t name_end = path.find_last_not_of('/') + 1;
  result->trailing_slash = name_end != path.size();
  const std::string trimmed = path.substr(0, name_end);
  const std::size_t slash = trimmed.rfind('/');
  std::string parent = slash == std::string::npos ? std::string() : trimmed.substr(0, slash);
  result->name = slash == std::string::npos ? trimmed : trimmed.substr(slash + 1);
  if (result->name == "..") {  // never for the kernel: it would leave `directory`
    parent = trimmed;
    result->name.assign(1, '.');  // GCC 12 warns wrongly about assigning "."
  }
  if (parent.empty()) {
    result->directory = directory;
    return kSuccess;
  }
  const ErrorCode error = OpenBeneath(directory, parent, O_PATH | O_DIRECTORY, 0, &result->owned);
  result->directory = result->owned.get();
  return error;
}

void DoWithoutOpenat2ForTesting(bool without) { openat2_missing.store(without); }

}  // namespace tenon::runtime::wasi
