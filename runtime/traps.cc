// The registries of code and reservations, and traps that are raised by calls.
//
// A registry is a list of chunks of ranges with atomic fields: the signal handler may walk
// it at any moment, on any thread. Writers hold a mutex. Ranges are used again; chunks
// go when the runtime does, after all that is registered.
#include "runtime/traps.h"

#include <atomic>
#include <mutex>
#include <new>

#include "runtime/backtrace.h"
#include "runtime/exceptions.h"
#include "runtime/memory.h"

namespace tenon::runtime {
namespace {

struct Range {
  std::atomic<std::uintptr_t> begin{0};
  std::atomic<std::uintptr_t> end{0};  // 0: unused
  std::atomic<const loader::MappedModule*> module{nullptr};
  std::uint32_t users = 0;  // under the mutex
};

// The first chunk is static: small hosts never need another.
struct Chunk {
  static constexpr std::size_t kRanges = 32;
  Range ranges[kRanges];
  std::atomic<Chunk*> next{nullptr};
};

class RangeRegistry {
 public:
  bool Add(std::uintptr_t begin, std::uintptr_t end, const loader::MappedModule* module) {
    const std::lock_guard lock(mutex_);
    Range* unused = nullptr;
    Chunk* last = &first_;
    for (Chunk* chunk = &first_; chunk != nullptr; last = chunk, chunk = chunk->next) {
      for (Range& range : chunk->ranges) {
        if (range.users != 0 && range.begin == begin) {
          ++range.users;
          return true;
        }
        if (range.users == 0 && unused == nullptr) unused = &range;
      }
    }
    if (unused == nullptr) {
      void* const memory = Allocate(Category::kRuntime, sizeof(Chunk));
      if (memory == nullptr) return false;
      auto* const chunk = new (memory) Chunk;
      last->next = chunk;
      unused = &chunk->ranges[0];
    }
    unused->users = 1;
    unused->module = module;
    unused->begin = begin;
    unused->end = end;  // last: from here on the range matches
    return true;
  }

  void Remove(std::uintptr_t begin) {
    const std::lock_guard lock(mutex_);
    for (Chunk* chunk = &first_; chunk != nullptr; chunk = chunk->next) {
      for (Range& range : chunk->ranges) {
        if (range.users == 0 || range.begin != begin) continue;
        if (--range.users == 0) range.end = 0;
        return;
      }
    }
  }

  const Range* Find(std::uintptr_t address) const {
    for (const Chunk* chunk = &first_; chunk != nullptr; chunk = chunk->next) {
      for (const Range& range : chunk->ranges) {
        if (address < range.end && address >= range.begin) return &range;
      }
    }
    return nullptr;
  }

  void FreeChunks(bool forgets) {
    const std::lock_guard lock(mutex_);
    for (Range& range : first_.ranges) {
      if (!forgets) break;
      range.end = 0;
      range.users = 0;
    }
    Chunk* chunk = first_.next.exchange(nullptr);
    while (chunk != nullptr) {
      Chunk* const next = chunk->next;
      Free(chunk);
      chunk = next;
    }
  }

 private:
  std::mutex mutex_;
  Chunk first_;
};

constinit RangeRegistry g_code;
constinit RangeRegistry g_reservations;

std::uintptr_t TextOf(const loader::MappedModule& module) {
  return reinterpret_cast<std::uintptr_t>(module.image()) + module.variant().text_offset;
}

}  // namespace

bool RegisterCode(const loader::MappedModule& module) {
  return g_code.Add(TextOf(module), TextOf(module) + module.variant().text_size, &module);
}
void UnregisterCode(const loader::MappedModule& module) { g_code.Remove(TextOf(module)); }

bool RegisterReservation(const void* base, std::uint64_t size) {
  const auto begin = reinterpret_cast<std::uintptr_t>(base);
  return g_reservations.Add(begin, begin + size, nullptr);
}
void UnregisterReservation(const void* base) {
  g_reservations.Remove(reinterpret_cast<std::uintptr_t>(base));
}

const loader::MappedModule* FindCode(const void* pc, std::uint64_t* offset) {
  const Range* range = g_code.Find(reinterpret_cast<std::uintptr_t>(pc));
  if (range == nullptr) return nullptr;
  const loader::MappedModule* module = range->module;
  *offset =
      reinterpret_cast<std::uintptr_t>(pc) - reinterpret_cast<std::uintptr_t>(module->image());
  return module;
}

bool InReservation(const void* address) {
  return g_reservations.Find(reinterpret_cast<std::uintptr_t>(address)) != nullptr;
}

void FreeRegistries(bool forgets) {
  g_code.FreeChunks(forgets);
  g_reservations.FreeChunks(forgets);
}

thread_local constinit const ActiveCall* t_active_calls = nullptr;

void EndCall(abi::ExecutionEnvironment* environment, abi::TrapKind kind) {
  GiveUpFrames(__builtin_frame_address(0), environment->stack_base + environment->stack_bytes);
  tenon_unwind(environment, static_cast<std::uint32_t>(kind));
}

void RaiseTrap(abi::ExecutionEnvironment* environment, abi::TrapKind kind,
               const void* const* frame_pointer) {
  RecordBacktrace(environment, CallerOf(frame_pointer));
  EndCall(environment, kind);
}

}  // namespace tenon::runtime

// From tenon_host_call, whose frame it is: the host function left something pending. Returns if it
// is an exception and the host function's caller looks for exceptions itself.
extern "C" __attribute__((visibility("hidden"))) void tenon_host_failed(
    tenon::abi::ExecutionEnvironment* environment, const void* const* frame_pointer) {
  using namespace tenon;           // NOLINT: an entry from assembly
  using namespace tenon::runtime;  // NOLINT
  const auto kind = static_cast<abi::TrapKind>(environment->pending);
  if (kind == abi::TrapKind::kUncaughtException) {
    environment->pending = 0;
    // The thunk lies between.
    if (environment->exception == nullptr ||
        CallerLooksForExceptions(*environment, CallerOf(frame_pointer))) {
      return;
    }
    EndCall(environment, kind);
  }
  RaiseTrap(environment, kind, frame_pointer);
}
