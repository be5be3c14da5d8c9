// Ranges of addresses that signal handlers look up: the text of modules (execute/traps.h) and the
// reservations of linear memories (reservations.h).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "format/locking.h"

namespace tenon::runtime {

// A list of chunks of ranges with atomic fields: a signal handler may walk it at any moment, on any
// thread. Writers hold a mutex. Ranges are used again; chunks go when the runtime does, after all
// that is registered. Constant-initialised, so that it is there before any constructor runs.
class RangeRegistry {
 public:
  struct Range {
    std::atomic<std::uintptr_t> begin{0};
    std::atomic<std::uintptr_t> end{0};  // 0: unused
    std::atomic<const void*> owner{nullptr};
    std::uint32_t users = 0;  // the writers', under the mutex
  };

  // Counted: once more for a range that is there. False: no memory for the entry.
  bool Add(std::uintptr_t begin, std::uintptr_t end, const void* owner);
  void Remove(std::uintptr_t begin);
  // Takes no lock and is safe in signal handlers. Null: no range has the address.
  const Range* Find(std::uintptr_t address) const;
  // Gives back what has been allocated. `forgets`: what is still registered is forgotten, because
  // it was in memory that goes with the runtime. Only while no wasm code runs.
  void FreeChunks(bool forgets);

 private:
  struct Chunk {
    static constexpr std::size_t kRanges = 32;
    Range ranges[kRanges];
    std::atomic<Chunk*> next{nullptr};
  };

  Mutex mutex_;  // of writers
  Chunk first_;  // small hosts never need another
};

}  // namespace tenon::runtime
