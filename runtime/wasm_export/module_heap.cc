// First fit in a list of blocks in the order of addresses. Free neighbours are merged.
#include "runtime/wasm_export/module_heap.h"

#include <new>

#include "format/locking.h"
#include "format/ranges.h"

namespace tenon::runtime {
namespace {

struct Block {
  Block* next;
  std::uint64_t begin;
  std::uint64_t size;
  bool used;
};

// Takes `block`'s successor into it.
void Absorb(Block* block) {
  Block* const next = block->next;
  block->size += next->size;
  block->next = next->next;
  Free(next);
}

}  // namespace

struct ModuleHeap {
  Ledger* ledger;
  std::uint64_t size;
  Mutex mutex;
  Block first TENON_GUARDED_BY(mutex);  // with the blocks after it
};

ModuleHeap* MakeModuleHeap(Ledger& ledger, std::uint64_t begin, std::uint64_t size) {
  void* const memory = Allocate(ledger, sizeof(ModuleHeap));
  if (memory == nullptr) return nullptr;
  return new (memory) ModuleHeap{&ledger, size, {}, {nullptr, begin, size, false}};
}

std::uint64_t HeapSize(const ModuleHeap* heap) { return heap->size; }

// Without the lock: nobody else uses the heap any more.
void FreeModuleHeap(ModuleHeap* heap) TENON_UNCHECKED_LOCKING {
  if (heap == nullptr) return;
  while (heap->first.next != nullptr) Absorb(&heap->first);
  heap->~ModuleHeap();
  Free(heap);
}

std::uint64_t HeapAllocate(ModuleHeap* heap, std::uint64_t size) {
  if (size > UINT32_MAX) return 0;
  const MutexLock lock(heap->mutex);
  size = size == 0 ? 8 : AlignUp(size, 8);
  for (Block* block = &heap->first; block != nullptr; block = block->next) {
    if (block->used || block->size < size) continue;
    if (block->size > size) {
      auto* const rest = static_cast<Block*>(Allocate(*heap->ledger, sizeof(Block)));
      if (rest == nullptr) return 0;
      *rest = {block->next, block->begin + size, block->size - size, false};
      block->next = rest;
      block->size = size;
    }
    block->used = true;
    return block->begin;
  }
  return 0;
}

void HeapFree(ModuleHeap* heap, std::uint64_t address) {
  const MutexLock lock(heap->mutex);
  Block* previous = nullptr;
  for (Block* block = &heap->first; block != nullptr; previous = block, block = block->next) {
    if (block->begin != address || !block->used) continue;
    block->used = false;
    if (block->next != nullptr && !block->next->used) Absorb(block);
    if (previous != nullptr && !previous->used) Absorb(previous);
    return;
  }
}

}  // namespace tenon::runtime
