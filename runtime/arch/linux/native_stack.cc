// Where a thread's stack ends: Linux; see execute/native_stack.h.
//
// pthread_getattr_np knows, but allocates, and for a process's first thread reads files or, in
// musl, sees only what has been touched. That thread's stack grows down as far as its resource
// limit says, from the page with the program's name, the last thing that the kernel puts there.
#include "runtime/execute/native_stack.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "format/ranges.h"
#include "runtime/execute/terminate.h"
#include "runtime/memory/memory.h"

namespace tenon::runtime {
namespace {

StackBounds OfFirstThread() {
  const std::uintptr_t name = ::getauxval(AT_EXECFN);
  const auto high = AlignUp(name + 1, static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE)));
  struct rlimit limit = {};
  if (name == 0 || ::getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
      limit.rlim_cur >= high) {
    return {};
  }
  return {reinterpret_cast<const std::uint8_t*>(high - static_cast<std::uintptr_t>(limit.rlim_cur)),
          reinterpret_cast<const std::uint8_t*>(high)};
}

StackBounds OfAttributes() {
  pthread_attr_t attributes;
  if (::pthread_getattr_np(::pthread_self(), &attributes) != 0) return {};
  void* low = nullptr;
  std::size_t size = 0;
  const bool known = ::pthread_attr_getstack(&attributes, &low, &size) == 0;
  ::pthread_attr_destroy(&attributes);
  auto* const begin = static_cast<const std::uint8_t*>(low);
  return known ? StackBounds{begin, begin + size} : StackBounds{};
}

// Looks through lines "low-high perms ..." as they come in pieces.
class MappingLines {
 public:
  explicit MappingLines(std::uintptr_t wanted) : wanted_(wanted) {}

  // True once the mapping with the address is found.
  bool Take(char character) {
    if (character == '\n') {
      number_ = numbers_ = 0;
      in_numbers_ = true;
    } else if (in_numbers_ && (character == '-' || character == ' ')) {
      (numbers_++ == 0 ? low_ : high_) = number_;
      number_ = 0;
      in_numbers_ = numbers_ < 2;
      return numbers_ == 2 && low_ <= wanted_ && wanted_ < high_;
    } else if (in_numbers_) {
      const int digit = character <= '9' ? character - '0' : character - 'a' + 10;
      number_ = number_ << 4 | static_cast<unsigned>(digit);
    }
    return false;
  }
  StackBounds found() const {
    return {reinterpret_cast<const std::uint8_t*>(low_),
            reinterpret_cast<const std::uint8_t*>(high_)};
  }

 private:
  std::uintptr_t wanted_;
  std::uintptr_t low_ = 0, high_ = 0, number_ = 0;
  int numbers_ = 0;
  bool in_numbers_ = true;
};

// A thread's stack is a mapping with a guard below.
StackBounds OfMappings() {
  const int file = ::open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  char piece[1024];
  MappingLines lines(reinterpret_cast<std::uintptr_t>(&piece));
  bool found = false;
  for (ssize_t size = 1; size > 0 && !found;) {
    size = ::read(file, piece, sizeof piece);
    if (size < 0 && errno == EINTR) size = 1;
    for (ssize_t i = 0; i < size && !found; ++i) found = lines.Take(piece[i]);
  }
  ::close(file);
  return found ? lines.found() : StackBounds{};
}

}  // namespace

StackBounds AskNativeStack() {
  if (CurrentThread() == ::getpid()) return OfFirstThread();
  return CurrentAllocator().may_map() ? OfAttributes() : OfMappings();
}

}  // namespace tenon::runtime
