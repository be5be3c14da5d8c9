// poll_oneoff, which waits for clocks and, by poll(2), for descriptors.
#include <poll.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <new>

#include "runtime/execute/execution_environment.h"
#include "runtime/wasi/clocks.h"
#include "runtime/wasi/context.h"

namespace tenon::runtime::wasi {
namespace {

enum SubscriptionTag : std::uint8_t { kClockEvent = 0, kReadEvent = 1, kWriteEvent = 2 };

// The guest's layout of a subscription. In both versions userdata is at 0 and the tag at 8, and
// from 16 on follows the clock's or the descriptor's part. In preview 0 the clock's part starts
// with an identifier of its own.
struct Layout {
  std::uint32_t size;
  std::uint32_t clock_part;
};
constexpr Layout kLayout[] = {{48, 16}, {56, 24}};
constexpr std::uint32_t kEventSize = 32;
// Limits the host's memory for one call.
constexpr std::uint32_t kSubscriptionLimit = 16384;

struct Subscription {
  std::uint64_t user_data = 0;
  std::uint8_t tag = 0;
  ErrorCode error = kSuccess;
  std::uint64_t deadline = 0;  // clocks: on CLOCK_MONOTONIC
  std::size_t poll_index = 0;  // descriptors
  bool ready_stream = false;   // a callback, which is always ready
  FileReference file;          // stays open while it is waited for
};

// The memory of one call: on the stack for a few subscriptions, otherwise instance memory.
class Work {
 public:
  explicit Work(std::uint32_t count) : count_(count) {
    if (count <= kFew) {
      wanted = reinterpret_cast<Subscription*>(few_wanted_);
      polled = few_polled_;
    } else {
      wanted = static_cast<Subscription*>(
          Allocate(Category::kInstance, count * (sizeof(Subscription) + sizeof(pollfd))));
      polled = reinterpret_cast<pollfd*>(wanted + count);
    }
    for (std::uint32_t i = 0; good() && i < count; ++i) new (wanted + i) Subscription;
  }
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;
  ~Work() {
    for (std::uint32_t i = 0; good() && i < count_; ++i) wanted[i].~Subscription();
    if (count_ > kFew) Free(wanted);
  }
  bool good() const { return wanted != nullptr; }

  Subscription* wanted;
  pollfd* polled;

 private:
  static constexpr std::uint32_t kFew = 16;
  std::uint32_t count_;
  alignas(Subscription) unsigned char few_wanted_[kFew * sizeof(Subscription)];
  pollfd few_polled_[kFew];
};

template <typename T>
T Read(const std::uint8_t* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

void ReadClock(const std::uint8_t* part, std::uint64_t now, Subscription* subscription) {
  const auto clock = Read<std::uint32_t>(part);
  const auto timeout = Read<std::uint64_t>(part + 8);
  const bool absolute = (Read<std::uint16_t>(part + 24) & 1) != 0;
  clockid_t host;
  if (!HostClock(clock, &host)) {
    subscription->error = kInvalid;
    return;
  }
  std::uint64_t remaining = timeout;
  if (absolute) {
    const std::uint64_t clock_now = Now(host);
    remaining = timeout > clock_now ? timeout - clock_now : 0;
  }
  subscription->deadline = remaining > UINT64_MAX - now ? UINT64_MAX : now + remaining;
}

void WriteEvent(std::uint8_t* bytes, const Subscription& subscription, const pollfd* polled) {
  std::memset(bytes, 0, kEventSize);
  std::memcpy(bytes, &subscription.user_data, 8);
  ErrorCode error = subscription.error;
  if (polled != nullptr && (polled->revents & POLLNVAL) != 0) error = kBadDescriptor;
  if (polled != nullptr && (polled->revents & POLLERR) != 0) error = kInputOutput;
  const auto narrow = static_cast<std::uint16_t>(error);
  std::memcpy(bytes + 8, &narrow, 2);
  bytes[10] = subscription.tag;
  if (polled == nullptr) return;
  int available = 0;
  if (subscription.tag == kReadEvent) ioctl(polled->fd, FIONREAD, &available);
  const std::uint64_t size = available > 0 ? static_cast<std::uint64_t>(available) : 0;
  std::memcpy(bytes + 16, &size, 8);
  const std::uint16_t hung_up = (polled->revents & POLLHUP) != 0 ? 1 : 0;
  std::memcpy(bytes + 24, &hung_up, 2);
}

ErrorCode Poll(const Caller& caller, Version version, std::uint32_t subscriptions,
               std::uint32_t events, std::uint32_t count, std::uint32_t count_out) {
  if (count == 0 || count > kSubscriptionLimit) return kInvalid;
  const Layout layout = kLayout[version == Version::kUnstable ? 1 : 0];
  const std::uint8_t* in = caller.memory.At(subscriptions, std::uint64_t{count} * layout.size);
  std::uint8_t* out = caller.memory.At(events, std::uint64_t{count} * kEventSize);
  if (in == nullptr || out == nullptr || caller.memory.At(count_out, 4) == nullptr) return kFault;

  const std::uint64_t start = Now(CLOCK_MONOTONIC);
  Work work(count);
  if (!work.good()) return kNoMemory;
  std::size_t polled_count = 0;
  std::uint64_t deadline = UINT64_MAX;
  bool has_deadline = false;
  for (std::uint32_t i = 0; i < count; ++i, in += layout.size) {
    Subscription& subscription = work.wanted[i];
    subscription.user_data = Read<std::uint64_t>(in);
    subscription.tag = in[8];
    if (subscription.tag == kClockEvent) {
      ReadClock(in + layout.clock_part, start, &subscription);
      has_deadline = true;
      if (subscription.deadline < deadline) deadline = subscription.deadline;
    } else if (subscription.tag == kReadEvent || subscription.tag == kWriteEvent) {
      FileReference& file = subscription.file;
      subscription.error = caller.context.Require(Read<std::uint32_t>(in + 16), kRightPoll, &file);
      if (subscription.error == kSuccess && file->host < 0) {
        subscription.ready_stream = true;
      } else if (subscription.error == kSuccess) {
        const short interest = subscription.tag == kReadEvent ? POLLIN : POLLOUT;
        subscription.poll_index = polled_count;
        work.polled[polled_count++] = {file->host, interest, 0};
      }
    } else {
      return kInvalid;
    }
    if (subscription.error != kSuccess || subscription.ready_stream) {  // an event already
      deadline = start;
      has_deadline = true;
    }
  }

  for (;;) {
    const std::uint64_t now = Now(CLOCK_MONOTONIC);
    const std::uint64_t remaining = deadline > now ? deadline - now : 0;
    const timespec timeout{static_cast<time_t>(remaining / kNanoseconds),
                           static_cast<long>(remaining % kNanoseconds)};
    const int ready = ppoll(work.polled, static_cast<nfds_t>(polled_count),
                            has_deadline ? &timeout : nullptr, nullptr);
    if (ready >= 0) break;
    if (errno != EINTR) return LastError();
    if (caller.environment->pending != 0) return kInterrupted;  // the program is being ended
  }

  const std::uint64_t end = Now(CLOCK_MONOTONIC);
  std::uint32_t stored = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const Subscription& subscription = work.wanted[i];
    const pollfd* descriptor = nullptr;
    bool happened = subscription.error != kSuccess || subscription.ready_stream;
    if (!happened && subscription.tag == kClockEvent) happened = subscription.deadline <= end;
    if (!happened && subscription.tag != kClockEvent) {
      descriptor = &work.polled[subscription.poll_index];
      happened = descriptor->revents != 0;
    }
    if (happened) WriteEvent(out + std::uint64_t{stored++} * kEventSize, subscription, descriptor);
  }
  caller.memory.Store(count_out, stored);
  return kSuccess;
}

}  // namespace

extern "C" {

std::uint32_t wasi_poll_oneoff(abi::ExecutionEnvironment* environment, std::uint32_t subscriptions,
                               std::uint32_t events, std::uint32_t count, std::uint32_t count_out) {
  return Poll(Caller(environment), Version::kPreview1, subscriptions, events, count, count_out);
}

std::uint32_t wasi_unstable_poll_oneoff(abi::ExecutionEnvironment* environment,
                                        std::uint32_t subscriptions, std::uint32_t events,
                                        std::uint32_t count, std::uint32_t count_out) {
  return Poll(Caller(environment), Version::kUnstable, subscriptions, events, count, count_out);
}

}  // extern "C"

}  // namespace tenon::runtime::wasi
