// WASI clocks and poll_oneoff, which waits for clocks and, by poll(2), for descriptors.
#include <poll.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <climits>
#include <ctime>
#include <vector>

#include "runtime/wasi/context.h"

namespace tenon::runtime::wasi {
namespace {

constexpr std::uint64_t kNanoseconds = 1'000'000'000;

bool HostClock(std::uint32_t clock, clockid_t* host) {
  switch (clock) {
    case 0: *host = CLOCK_REALTIME; return true;
    case 1: *host = CLOCK_MONOTONIC; return true;
    case 2: *host = CLOCK_PROCESS_CPUTIME_ID; return true;
    case 3: *host = CLOCK_THREAD_CPUTIME_ID; return true;
    default: return false;
  }
}

std::uint64_t ToNanoseconds(const timespec& time) {
  return static_cast<std::uint64_t>(time.tv_sec) * kNanoseconds +
         static_cast<std::uint64_t>(time.tv_nsec);
}

std::uint64_t Now(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return ToNanoseconds(now);
}

enum SubscriptionTag : std::uint8_t { kClockEvent = 0, kReadEvent = 1, kWriteEvent = 2 };

// A subscription as the guest lays it out, in both versions: userdata at 0, tag
// at 8, and from 16 the clock's or the descriptor's part. In preview 0 the clock's part
// starts with an identifier of its own.
struct Layout {
  std::uint32_t size;
  std::uint32_t clock_part;
};
constexpr Layout kLayout[] = {{48, 16}, {56, 24}};
constexpr std::uint32_t kEventSize = 32;
// The host's memory for one call stays bounded whatever the guest asks for.
constexpr std::uint32_t kSubscriptionLimit = 16384;

struct Subscription {
  std::uint64_t user_data = 0;
  std::uint8_t tag = 0;
  ErrorCode error = kSuccess;
  std::uint64_t deadline = 0;  // clocks: on CLOCK_MONOTONIC
  std::size_t poll_index = 0;  // descriptors
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
  std::vector<Subscription> wanted(count);
  std::vector<pollfd> polled;
  std::uint64_t deadline = UINT64_MAX;
  bool has_deadline = false;
  for (std::uint32_t i = 0; i < count; ++i, in += layout.size) {
    Subscription& subscription = wanted[i];
    subscription.user_data = Read<std::uint64_t>(in);
    subscription.tag = in[8];
    if (subscription.tag == kClockEvent) {
      ReadClock(in + layout.clock_part, start, &subscription);
      has_deadline = true;
      if (subscription.deadline < deadline) deadline = subscription.deadline;
    } else if (subscription.tag == kReadEvent || subscription.tag == kWriteEvent) {
      Descriptor* descriptor = nullptr;
      subscription.error =
          caller.context.Require(Read<std::uint32_t>(in + 16), kRightPoll, &descriptor);
      if (subscription.error == kSuccess) {
        const short interest = subscription.tag == kReadEvent ? POLLIN : POLLOUT;
        subscription.poll_index = polled.size();
        polled.push_back({descriptor->host, interest, 0});
      }
    } else {
      return kInvalid;
    }
    if (subscription.error != kSuccess) {  // an event already: do not wait
      deadline = start;
      has_deadline = true;
    }
  }

  for (;;) {
    const std::uint64_t now = Now(CLOCK_MONOTONIC);
    const std::uint64_t remaining = deadline > now ? deadline - now : 0;
    const timespec timeout{static_cast<time_t>(remaining / kNanoseconds),
                           static_cast<long>(remaining % kNanoseconds)};
    const int ready = ppoll(polled.data(), static_cast<nfds_t>(polled.size()),
                            has_deadline ? &timeout : nullptr, nullptr);
    if (ready >= 0) break;
    if (errno != EINTR) return LastError();
  }

  const std::uint64_t end = Now(CLOCK_MONOTONIC);
  std::uint32_t stored = 0;
  for (const Subscription& subscription : wanted) {
    const pollfd* descriptor = nullptr;
    bool happened = subscription.error != kSuccess;
    if (!happened && subscription.tag == kClockEvent) happened = subscription.deadline <= end;
    if (!happened && subscription.tag != kClockEvent) {
      descriptor = &polled[subscription.poll_index];
      happened = descriptor->revents != 0;
    }
    if (happened) WriteEvent(out + std::uint64_t{stored++} * kEventSize, subscription, descriptor);
  }
  caller.memory.Store(count_out, stored);
  return kSuccess;
}

}  // namespace

extern "C" {

std::uint32_t wasi_clock_res_get(abi::ExecutionEnvironment* environment, std::uint32_t clock,
                                 std::uint32_t out) {
  const Caller caller(environment);
  clockid_t host;
  timespec resolution{};
  if (!HostClock(clock, &host)) return kInvalid;
  if (clock_getres(host, &resolution) != 0) return LastError();
  return caller.memory.Store(out, ToNanoseconds(resolution)) ? kSuccess : kFault;
}

// The precision is a hint that the host's clocks have no use for.
std::uint32_t wasi_clock_time_get(abi::ExecutionEnvironment* environment, std::uint32_t clock,
                                  std::uint64_t, std::uint32_t out) {
  const Caller caller(environment);
  clockid_t host;
  timespec now{};
  if (!HostClock(clock, &host)) return kInvalid;
  if (clock_gettime(host, &now) != 0) return LastError();
  return caller.memory.Store(out, ToNanoseconds(now)) ? kSuccess : kFault;
}

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
