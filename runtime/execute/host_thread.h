// Threads that the runtime starts. Their stacks are counted as runtime memory, and allocated as
// such where nothing may be mapped.
#pragma once

#include <pthread.h>

namespace tenon::runtime {

struct HostThread {
  pthread_t thread{};
  void* stack = nullptr;  // null: the system's
};

// False: there is no memory, or the system starts no further thread. Nothing is left allocated
// then.
bool StartHostThread(HostThread* thread, void* (*run)(void*), void* argument);
// Waits for its end and frees the stack. `result`, unless null, gets what `run` returned.
void JoinHostThread(HostThread* thread, void** result = nullptr);

}  // namespace tenon::runtime
