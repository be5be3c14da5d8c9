// A mutex for clang's thread-safety analysis, which the clang build turns on. The analysis refuses
// an access to a guarded variable without the lock. It knows nothing of libstdc++'s std::mutex.
//
// Mutex is std::mutex with annotations: it costs neither size nor time, and is
// constant-initialised, so that a registry is usable before any constructor has run. For all
// layers, like result.h.
#pragma once

#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define TENON_THREAD_SAFETY(...) __attribute__((__VA_ARGS__))
#else
#define TENON_THREAD_SAFETY(...)
#endif

// On a variable or member: it is read and written under this Mutex.
#define TENON_GUARDED_BY(mutex) TENON_THREAD_SAFETY(guarded_by(mutex))
// On a pointer: what it points to is.
#define TENON_POINTEE_GUARDED_BY(mutex) TENON_THREAD_SAFETY(pt_guarded_by(mutex))
// On a function: its callers hold the Mutex.
#define TENON_REQUIRES(...) TENON_THREAD_SAFETY(requires_capability(__VA_ARGS__))
// On a function: its callers do not hold the Mutex, because the function takes it.
#define TENON_EXCLUDES(mutex) TENON_THREAD_SAFETY(locks_excluded(mutex))
// On a Mutex: where both are held, it is taken after the other.
#define TENON_ACQUIRED_AFTER(mutex) TENON_THREAD_SAFETY(acquired_after(mutex))
// On a function that is correct for a reason that the analysis cannot see; a comment gives it.
#define TENON_UNCHECKED_LOCKING TENON_THREAD_SAFETY(no_thread_safety_analysis)

namespace tenon {

class TENON_THREAD_SAFETY(capability("mutex")) Mutex {
 public:
  void Lock() TENON_THREAD_SAFETY(acquire_capability()) { mutex_.lock(); }
  void Unlock() TENON_THREAD_SAFETY(release_capability()) { mutex_.unlock(); }

  // Gives the lock up while it waits, and has it again afterwards. Wakes without cause now and
  // then.
  template <typename TimePoint>
  void WaitUntil(std::condition_variable& condition, const TimePoint& end) TENON_REQUIRES(this) {
    std::unique_lock<std::mutex> lock(mutex_, std::adopt_lock);
    condition.wait_until(lock, end);
    lock.release();
  }

 private:
  std::mutex mutex_;
};

// Holds the mutex from its making to the end of its scope.
class TENON_THREAD_SAFETY(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) TENON_THREAD_SAFETY(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.Lock();
  }
  ~MutexLock() TENON_THREAD_SAFETY(release_capability()) { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace tenon
