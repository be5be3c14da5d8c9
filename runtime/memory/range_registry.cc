// See range_registry.h.
#include "runtime/memory/range_registry.h"

#include <new>

#include "runtime/memory/memory.h"

namespace tenon::runtime {

bool RangeRegistry::Add(std::uintptr_t begin, std::uintptr_t end, const void* owner) {
  const MutexLock lock(mutex_);
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
  unused->owner = owner;
  unused->begin = begin;
  unused->end = end;  // last: from here on the range matches
  return true;
}

void RangeRegistry::Remove(std::uintptr_t begin) {
  const MutexLock lock(mutex_);
  for (Chunk* chunk = &first_; chunk != nullptr; chunk = chunk->next) {
    for (Range& range : chunk->ranges) {
      if (range.users == 0 || range.begin != begin) continue;
      if (--range.users == 0) range.end = 0;
      return;
    }
  }
}

const RangeRegistry::Range* RangeRegistry::Find(std::uintptr_t address) const {
  for (const Chunk* chunk = &first_; chunk != nullptr; chunk = chunk->next) {
    for (const Range& range : chunk->ranges) {
      if (address < range.end && address >= range.begin) return &range;
    }
  }
  return nullptr;
}

void RangeRegistry::FreeChunks(bool forgets) {
  const MutexLock lock(mutex_);
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

}  // namespace tenon::runtime
