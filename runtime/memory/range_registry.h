// Address ranges that signal handlers look up: the text of modules (execute/traps.h) and the
// reservations of linear memories (reservations.h).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "format/locking.h"

namespace tenon::runtime {

// A list of chunks of ranges with atomic fields: a signal handler may walk it at any moment, on any
// thread. Writers hold a mutex. Ranges are reused. Chunks are freed at the end of the runtime,
// after all that is registered. Constant-initialised, so that it exists before any constructor
// runs.
class RangeRegistry {
 public:
  struct Range {
    std::atomic<std::uintptr_t> begin{0};
    std::atomic<std::uintptr_t> end{0};  // 0: unused
    std::atomic<const void*> owner{nullptr};
    std::uint32_t users = 0;  // the writers', under the mutex
  };

  // A range that is already registered is counted once more. False: no memory for the entry.
  bool Add(std::uintptr_t begin, std::uintptr_t end, const void* owner);
  void Remove(std::uintptr_t begin);
  // Takes no lock and is safe in signal handlers. Null: no range has the address.
  const Range* Find(std::uintptr_t address) const;
  // Frees the chunks. `forgets`: ranges that are still registered are removed, because they were in
  // memory that is freed with the runtime. Only while no wasm code runs.
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
