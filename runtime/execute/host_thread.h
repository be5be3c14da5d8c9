// Threads of the system that the runtime starts, on stacks that are runtime memory, by allocation
// or, where stacks may be mapped, by account.
#pragma once

#include <pthread.h>

namespace tenon::runtime {

struct HostThread {
  pthread_t thread{};
  void* stack = nullptr;  // null: the system's
  void* (*run)(void*) = nullptr;
  void* argument = nullptr;
};

// `thread` must stay where it is until JoinHostThread. False: there is no memory, or no further
// thread; nothing is left behind.
bool StartHostThread(HostThread* thread, void* (*run)(void*), void* argument);
// Waits for its end and gives back the stack. `result`: what `run` returned, unless null.
void JoinHostThread(HostThread* thread, void** result = nullptr);

}  // namespace tenon::runtime
