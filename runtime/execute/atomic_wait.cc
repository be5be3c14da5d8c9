// Waiters are in lists by address, in the order of arrival. Each list has a lock. The value is
// compared under it, so that no notify between comparing and waiting is lost. A memory has the same
// addresses in all instances that share it.
#include "runtime/execute/atomic_wait.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>

#include "format/locking.h"
#include "runtime/execute/terminate.h"

namespace tenon::runtime {
namespace {

using Clock = std::chrono::steady_clock;

// How often a waiting thread looks whether it has been asked to end.
constexpr std::chrono::milliseconds kSlice(10);

struct Waiter {
  const void* address = nullptr;
  Waiter* next = nullptr;
  bool woken = false;  // under the lock of the address's bucket
  std::condition_variable condition;
};

struct Bucket {
  Mutex mutex;
  Waiter* first TENON_GUARDED_BY(mutex) = nullptr;
};

Bucket& BucketOf(const void* address) {
  static Bucket buckets[64];
  return buckets[reinterpret_cast<std::uintptr_t>(address) / 4 % std::size(buckets)];
}

void Append(Bucket& bucket, Waiter* waiter) TENON_REQUIRES(bucket.mutex) {
  Waiter** link = &bucket.first;
  while (*link != nullptr) link = &(*link)->next;
  *link = waiter;
}

void Remove(Bucket& bucket, Waiter* waiter) TENON_REQUIRES(bucket.mutex) {
  Waiter** link = &bucket.first;
  while (*link != nullptr && *link != waiter) link = &(*link)->next;
  if (*link == waiter) *link = waiter->next;
}

std::uint64_t LoadValue(const void* address, unsigned width) {
  return width == 4 ? __atomic_load_n(static_cast<const std::uint32_t*>(address), __ATOMIC_SEQ_CST)
                    : __atomic_load_n(static_cast<const std::uint64_t*>(address), __ATOMIC_SEQ_CST);
}

}  // namespace

WaitResult Wait(abi::ExecutionEnvironment* environment, const void* address, unsigned width,
                std::uint64_t expected, std::int64_t timeout) {
  using Termination = abi::ExecutionEnvironment::Termination;
  // Longer than a year counts as no limit, so that the sum below cannot overflow.
  constexpr std::int64_t kYear = std::int64_t{365} * 24 * 3600 * 1'000'000'000;
  const bool for_ever = timeout < 0 || timeout > kYear;
  const Clock::time_point end = Clock::now() + std::chrono::nanoseconds(for_ever ? 0 : timeout);
  Bucket& bucket = BucketOf(address);
  const MutexLock lock(bucket.mutex);
  if (LoadValue(address, width) != expected) return WaitResult::kNotEqual;
  Waiter waiter;
  waiter.address = address;
  Append(bucket, &waiter);
  WaitResult result = WaitResult::kWoken;
  while (!waiter.woken) {
    const Clock::time_point now = Clock::now();
    if (!for_ever && now >= end) {
      result = WaitResult::kTimedOut;
      break;
    }
    if (environment->termination.load() == Termination::kRequested) {
      result = WaitResult::kTerminated;
      break;
    }
    bucket.mutex.WaitUntil(waiter.condition, for_ever ? now + kSlice : std::min(end, now + kSlice));
  }
  if (!waiter.woken) Remove(bucket, &waiter);
  return result;
}

std::uint32_t Notify(const void* address, std::uint32_t count) {
  Bucket& bucket = BucketOf(address);
  const MutexLock lock(bucket.mutex);
  std::uint32_t woken = 0;
  for (Waiter** link = &bucket.first; *link != nullptr && woken < count;) {
    Waiter* const waiter = *link;
    if (waiter->address != address) {
      link = &waiter->next;
      continue;
    }
    *link = waiter->next;
    waiter->woken = true;
    waiter->condition.notify_one();
    ++woken;
  }
  return woken;
}

}  // namespace tenon::runtime
