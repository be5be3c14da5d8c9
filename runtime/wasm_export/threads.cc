// Spawned environments and threads. Each has an instance of its own of the same module, with the
// shared memories of the original instance, as in wasi-threads. Everything that is not shared
// (other memories, tables, globals) starts in its initial state.
//
// Invariants: spawned instances are in their original's list, under the mutex, until they are
// deinstantiated. The original deinstantiates those that are left. An exception belongs to one
// spawned instance; termination ends the original and all that were spawned from it.
#include <algorithm>
#include <cstring>

#include "format/locking.h"
#include "format/ranges.h"
#include "runtime/execute/host_thread.h"
#include "runtime/execute/terminate.h"
#include "runtime/wasm_export/handles.h"

namespace tenon::runtime {
namespace {

struct SpawnedThread {
  SpawnedThread* next TENON_GUARDED_BY(g_threads_mutex);
  InstanceHandle* original;
  InstanceHandle* instance TENON_GUARDED_BY(g_threads_mutex);  // null: it has finished
  wasm_exec_env_t environment;
  wasm_thread_callback_t callback;
  void* argument;
  HostThread host;
};

constexpr std::uint32_t kDefaultMaximum = 4;
constexpr char kNoThread[] =
    "a thread cannot be started: there is no memory for its stack, or no further thread";

SpawnedThread* g_threads TENON_GUARDED_BY(g_threads_mutex) = nullptr;
std::atomic<std::uint32_t> g_maximum{kDefaultMaximum};

InstanceHandle* OriginalOf(InstanceHandle* handle) {
  return handle->original != nullptr ? handle->original : handle;
}

// Takes a thread out of the list; null if it is not in the list any more.
SpawnedThread* Take(bool (*wanted)(const SpawnedThread& thread, const void* data),
                    const void* data) {
  const MutexLock lock(g_threads_mutex);
  for (SpawnedThread** link = &g_threads; *link != nullptr; link = &(*link)->next) {
    if (!wanted(**link, data)) continue;
    SpawnedThread* const thread = *link;
    *link = thread->next;
    return thread;
  }
  return nullptr;
}

void* Run(void* record) {
  auto* const thread = static_cast<SpawnedThread*>(record);
  void* const result = thread->callback(thread->environment, thread->argument);
  InstanceHandle* instance = nullptr;
  {
    const MutexLock lock(g_threads_mutex);
    std::swap(instance, thread->instance);
  }
  wasm_runtime_deinstantiate(instance);
  return result;
}

void Interrupt(SpawnedThread* thread) {
  const MutexLock lock(g_threads_mutex);
  if (thread->instance != nullptr) Terminate(Of(thread->environment));
}

const container::GlobalEntry* GlobalOf(const Instance* instance, std::uint32_t index) {
  return &instance->view().Section<container::GlobalEntry>(container::SectionId::kGlobals)[index];
}

// An exported i32 global's value.
bool ReadGlobal(Instance* instance, const char* name, std::uint32_t* value) {
  Extern found;
  if (!FindExport(instance, name, &found) || found.kind != ExternKind::kGlobal ||
      found.type != ValueType::kI32) {
    return false;
  }
  std::memcpy(value, found.global, sizeof *value);
  return true;
}

// The cell of C's stack pointer: the global exported by that name, or else the first mutable one
// whose value is below the heap, in a module that says where that is. Null: there is none.
std::uint32_t* StackPointerOf(Instance* instance) {
  Extern found;
  if (FindExport(instance, "__stack_pointer", &found) && found.kind == ExternKind::kGlobal &&
      found.type == ValueType::kI32 && found.is_mutable) {
    return static_cast<std::uint32_t*>(found.global);
  }
  std::uint32_t heap = 0;
  if (!ReadGlobal(instance, "__heap_base", &heap)) return nullptr;
  const std::size_t count =
      instance->view().Section<container::GlobalEntry>(container::SectionId::kGlobals).size();
  for (std::uint32_t i = instance->info().imported_globals; i < count; ++i) {
    const container::GlobalEntry* const global = GlobalOf(instance, i);
    if (global->type != ValueType::kI32 || global->is_mutable == 0) continue;
    auto* const cell = static_cast<std::uint32_t*>(instance->GlobalCell(i));
    if (*cell != 0 && *cell <= heap) return cell;
  }
  return nullptr;
}

}  // namespace

constinit Mutex g_threads_mutex;

Status PlaceStack(InstanceHandle* spawned) {
  std::uint32_t* const pointer = StackPointerOf(spawned->instance);
  if (pointer == nullptr) return Status::Ok();
  // The stack grows down to the data before it, or to address 0.
  std::uint32_t bottom = 0;
  if (!ReadGlobal(spawned->instance, "__data_end", &bottom) || bottom >= *pointer) bottom = 0;
  const std::uint32_t most = g_maximum.load(std::memory_order_relaxed);
  constexpr std::uint32_t kSmallestPart = 512;
  const std::uint32_t part = AlignDown((*pointer - bottom) / (most + 1), 16);
  if (spawned->spawn_number > most || part < kSmallestPart) {
    return Error::Format(
        "the C stack of %u bytes has parts for %u environments; see "
        "wasm_runtime_set_max_thread_num",
        *pointer - bottom, part < kSmallestPart ? 1 : most + 1);
  }
  *pointer = AlignDown(*pointer, 16) - part * spawned->spawn_number;
  return Status::Ok();
}

void LinkSpawned(InstanceHandle* handle) {
  const MutexLock lock(g_threads_mutex);
  InstanceHandle* const original = handle->original;
  const auto taken = [original](std::uint32_t number) TENON_REQUIRES(g_threads_mutex) {
    for (const InstanceHandle* one = original->spawned; one != nullptr; one = one->next) {
      if (one->spawn_number == number) return true;
    }
    return false;
  };
  handle->spawn_number = 1;
  while (taken(handle->spawn_number)) ++handle->spawn_number;
  handle->next = original->spawned;
  original->spawned = handle;
}

void UnlinkSpawned(InstanceHandle* handle) {
  const MutexLock lock(g_threads_mutex);
  InstanceHandle** link = &handle->original->spawned;
  while (*link != nullptr && *link != handle) link = &(*link)->next;
  if (*link != nullptr) *link = handle->next;
}

void EndSpawned(InstanceHandle* handle) {
  const auto is_its = [](const SpawnedThread& thread, const void* original) {
    return thread.original == original;
  };
  while (SpawnedThread* const thread = Take(is_its, handle)) {
    Interrupt(thread);
    JoinHostThread(&thread->host);
    Free(thread);
  }
  const auto first = [handle] {
    const MutexLock lock(g_threads_mutex);
    return handle->spawned;
  };
  while (InstanceHandle* const one = first()) wasm_runtime_deinstantiate(one);
}

void ForEachBeside(InstanceHandle* handle, void (*function)(InstanceHandle* one, const void* data),
                   const void* data) {
  const MutexLock lock(g_threads_mutex);
  InstanceHandle* const original = OriginalOf(handle);
  function(original, data);
  for (InstanceHandle* one = original->spawned; one != nullptr; one = one->next)
    function(one, data);
}

}  // namespace tenon::runtime

using namespace tenon;           // NOLINT: these functions translate between the two worlds
using namespace tenon::runtime;  // NOLINT

extern "C" {

void wasm_runtime_set_max_thread_num(uint32_t num) {
  g_maximum.store(num != 0 ? num : kDefaultMaximum, std::memory_order_relaxed);
}

wasm_exec_env_t wasm_runtime_spawn_exec_env(wasm_exec_env_t exec_env) {
  InstanceHandle* const original = OriginalOf(HandleOf(Of(exec_env)));
  const Result<InstanceHandle*> made = MakeSpawned(original);
  if (!made.ok()) {
    wasm_runtime_set_exception(HandleOf(Of(exec_env)), made.error().text());
    return nullptr;
  }
  char error[sizeof original->exception];
  ExecutionEnvironmentOptions options;
  options.stack_bytes = Of(exec_env)->stack_bytes;
  abi::ExecutionEnvironment* const environment =
      CreateEnvironment(*made, options, error, sizeof error);
  if (environment == nullptr) {
    wasm_runtime_deinstantiate(*made);
    wasm_runtime_set_exception(HandleOf(Of(exec_env)), error);
    return nullptr;
  }
  (*made)->singleton = environment;
  return reinterpret_cast<wasm_exec_env_t>(environment);
}

void wasm_runtime_destroy_spawned_exec_env(wasm_exec_env_t exec_env) {
  if (exec_env == nullptr) return;
  InstanceHandle* const handle = HandleOf(Of(exec_env));
  if (handle->original != nullptr) wasm_runtime_deinstantiate(handle);
}

int32_t wasm_runtime_spawn_thread(wasm_exec_env_t exec_env, wasm_thread_t* tid,
                                  wasm_thread_callback_t callback, void* arg) {
  void* const memory = Allocate(Category::kRuntime, sizeof(SpawnedThread));
  if (memory == nullptr) {
    wasm_runtime_set_exception(HandleOf(Of(exec_env)), OutOfMemory("a thread").text());
    return -1;
  }
  const wasm_exec_env_t environment = wasm_runtime_spawn_exec_env(exec_env);
  if (environment == nullptr) {
    Free(memory);
    return -1;
  }
  InstanceHandle* const instance = HandleOf(Of(environment));
  auto* const thread = new (memory)
      SpawnedThread{nullptr, instance->original, instance, environment, callback, arg, {}};
  const bool started = [&] {
    const MutexLock lock(g_threads_mutex);  // so that it is in the list before it can end
    if (!StartHostThread(&thread->host, Run, thread)) return false;
    thread->next = g_threads;
    g_threads = thread;
    return true;
  }();
  if (!started) {
    wasm_runtime_set_exception(HandleOf(Of(exec_env)), kNoThread);
    wasm_runtime_deinstantiate(instance);
    Free(memory);
    return -1;
  }
  *tid = reinterpret_cast<wasm_thread_t>(thread);
  return 0;
}

int32_t wasm_runtime_join_thread(wasm_thread_t tid, void** retval) {
  const auto is_it = [](const SpawnedThread& one, const void* wanted) { return &one == wanted; };
  SpawnedThread* const thread = Take(is_it, reinterpret_cast<const void*>(tid));
  if (thread == nullptr) return -1;
  JoinHostThread(&thread->host, retval);
  Free(thread);
  return 0;
}

}  // extern "C"
