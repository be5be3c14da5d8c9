// See host_thread.h; POSIX threads.
#include "runtime/execute/host_thread.h"

#include <cstddef>

#include "runtime/memory/memory.h"

namespace tenon::runtime {
namespace {

// For the host functions that the thread calls, WASI's among them, and a signal frame.
constexpr std::size_t kStackBytes = 256 * 1024;

void GiveBackStack(HostThread* thread) {
  if (thread->stack == nullptr) Discharge(LedgerOf(Category::kRuntime), kStackBytes);
  Free(thread->stack);
  thread->stack = nullptr;
}

}  // namespace

bool StartHostThread(HostThread* thread, void* (*run)(void*), void* argument) {
  Ledger& ledger = LedgerOf(Category::kRuntime);
  const bool maps = CurrentAllocator().may_map();
  if (maps) {
    if (!Charge(ledger, kStackBytes)) return false;
  } else {
    thread->stack = AllocateRaw(ledger, kStackBytes, 64);
    if (thread->stack == nullptr) return false;
  }
  pthread_attr_t attributes;
  bool good = pthread_attr_init(&attributes) == 0;
  if (good) {
    good = (maps ? pthread_attr_setstacksize(&attributes, kStackBytes)
                 : pthread_attr_setstack(&attributes, thread->stack, kStackBytes)) == 0 &&
           pthread_create(&thread->thread, &attributes, run, argument) == 0;
    pthread_attr_destroy(&attributes);
  }
  if (!good) GiveBackStack(thread);
  return good;
}

void JoinHostThread(HostThread* thread, void** result) {
  pthread_join(thread->thread, result);
  GiveBackStack(thread);
}

}  // namespace tenon::runtime
