// The host's execution environments. Each belongs to an instance, which has a list of them, so that
// they can be terminated and freed with it.
#include <cstdio>

#include "format/locking.h"
#include "runtime/execute/terminate.h"
#include "runtime/execute/traps.h"
#include "runtime/include/tenon.h"
#include "runtime/wasm_export/handles.h"

namespace tenon::runtime {
namespace {

template <typename Function>
void ForEachEnvironment(const InstanceHandle* handle, const Function& function) {
  const MutexLock lock(g_environments_mutex);
  for (abi::ExecutionEnvironment* environment = handle->environments; environment != nullptr;
       environment = environment->next) {
    function(environment);
  }
}

}  // namespace

constinit Mutex g_environments_mutex;

abi::ExecutionEnvironment* CreateEnvironment(InstanceHandle* handle,
                                             const ExecutionEnvironmentOptions& options,
                                             char* error_buf, std::uint32_t error_size) {
  const std::uint64_t limit = handle->stack_limit;
  Result<abi::ExecutionEnvironment*> environment =
      limit != 0 && options.stack_bytes > limit
          ? Error::Format("a stack of %llu bytes; the instance's limit is %llu",
                          static_cast<unsigned long long>(options.stack_bytes),
                          static_cast<unsigned long long>(limit))
          : CreateExecutionEnvironment(options);
  if (!environment.ok()) {
    Report(error_buf, error_size, environment.error().text());
    return nullptr;
  }
  (*environment)->embedder = handle;
  const MutexLock lock(g_environments_mutex);
  if (handle->terminated)
    (*environment)->termination = abi::ExecutionEnvironment::Termination::kTaken;
  (*environment)->next = handle->environments;
  handle->environments = *environment;
  return *environment;
}

// Takes the environment out of its instance's list.
static void Separate(abi::ExecutionEnvironment* environment) {
  InstanceHandle* const handle = HandleOf(environment);
  if (handle == nullptr) return;
  {
    const MutexLock lock(g_environments_mutex);
    abi::ExecutionEnvironment** link = &handle->environments;
    while (*link != nullptr && *link != environment) link = &(*link)->next;
    if (*link != nullptr) *link = environment->next;
  }
  if (handle->wasi != nullptr) wasi::ForgetEnvironment(handle->wasi, environment);
  environment->embedder = nullptr;
}

void DestroyEnvironment(abi::ExecutionEnvironment* environment) {
  Separate(environment);
  DestroyExecutionEnvironment(environment);
}

void LeaveEnvironments(InstanceHandle* handle) {
  if (handle->singleton != nullptr) DestroyEnvironment(handle->singleton);
  const auto first = [handle] {
    const MutexLock lock(g_environments_mutex);
    return handle->environments;
  };
  while (abi::ExecutionEnvironment* const one = first()) Separate(one);
}

}  // namespace tenon::runtime

using namespace tenon;           // NOLINT: these functions translate between the two worlds
using namespace tenon::runtime;  // NOLINT

namespace {

wasm_exec_env_t AsHandle(abi::ExecutionEnvironment* environment) {
  return reinterpret_cast<wasm_exec_env_t>(environment);
}

void TerminateOne(InstanceHandle* handle) {
  handle->terminated = true;
  // The text of an exception belongs to the thread that runs the instance: the calls that end set
  // it. It is set here only for an instance that does not run.
  bool running = false;
  ForEachEnvironment(handle, [&](abi::ExecutionEnvironment* environment) {
    running = running || environment->depth != 0;
    Terminate(environment);
  });
  if (!running)
    std::snprintf(handle->exception, sizeof handle->exception, "Exception: %s", kTerminatedText);
}

}  // namespace

extern "C" {

wasm_exec_env_t wasm_runtime_create_exec_env(wasm_module_inst_t module_inst, uint32_t stack_size) {
  char error[sizeof module_inst->exception];
  abi::ExecutionEnvironment* const environment = CreateEnvironment(
      module_inst, {stack_size == 0 ? module_inst->stack_size : stack_size}, error, sizeof error);
  if (environment == nullptr) wasm_runtime_set_exception(module_inst, error);
  return AsHandle(environment);
}

wasm_exec_env_t tenon_create_exec_env(wasm_module_inst_t module_inst, void* stack,
                                      uint64_t stack_size, char* error_buf,
                                      uint32_t error_buf_size) {
  ExecutionEnvironmentOptions options;
  options.stack = stack;
  options.stack_bytes = stack_size == 0 && stack == nullptr ? module_inst->stack_size : stack_size;
  return AsHandle(CreateEnvironment(module_inst, options, error_buf, error_buf_size));
}

void wasm_runtime_destroy_exec_env(wasm_exec_env_t exec_env) {
  if (exec_env == nullptr) return;
  InstanceHandle* const handle = HandleOf(Of(exec_env));
  if (handle != nullptr && handle->singleton == Of(exec_env)) handle->singleton = nullptr;
  DestroyEnvironment(Of(exec_env));
}

wasm_exec_env_t wasm_runtime_get_exec_env_singleton(wasm_module_inst_t module_inst) {
  if (module_inst->singleton == nullptr)
    module_inst->singleton = Of(wasm_runtime_create_exec_env(module_inst, 0));
  return AsHandle(module_inst->singleton);
}

wasm_module_inst_t wasm_runtime_get_module_inst(wasm_exec_env_t exec_env) {
  const Instance* const calling = CallingInstance(Of(exec_env));
  return calling != nullptr && calling->embedder != nullptr
             ? static_cast<InstanceHandle*>(calling->embedder)
             : HandleOf(Of(exec_env));
}

void wasm_runtime_set_module_inst(wasm_exec_env_t exec_env, const wasm_module_inst_t module_inst) {
  abi::ExecutionEnvironment* const environment = Of(exec_env);
  const MutexLock lock(g_environments_mutex);
  abi::ExecutionEnvironment** link = &HandleOf(environment)->environments;
  while (*link != nullptr && *link != environment) link = &(*link)->next;
  if (*link != nullptr) *link = environment->next;
  environment->embedder = module_inst;
  environment->next = module_inst->environments;
  module_inst->environments = environment;
}

void wasm_runtime_set_user_data(wasm_exec_env_t exec_env, void* user_data) {
  Of(exec_env)->user_data = user_data;
}
void* wasm_runtime_get_user_data(wasm_exec_env_t exec_env) { return Of(exec_env)->user_data; }

void wasm_runtime_set_native_stack_boundary(wasm_exec_env_t exec_env,
                                            uint8_t* native_stack_boundary) {
  Of(exec_env)->native_boundary = native_stack_boundary;
}

bool wasm_runtime_detect_native_stack_overflow_size(wasm_exec_env_t exec_env,
                                                    uint32_t required_size) {
  const std::uint8_t* const boundary = Of(exec_env)->native_boundary;
  const auto* const here = static_cast<const std::uint8_t*>(__builtin_frame_address(0));
  if (boundary == nullptr ||
      (here >= boundary && static_cast<std::uint64_t>(here - boundary) >= required_size)) {
    return true;
  }
  wasm_runtime_set_exception(wasm_runtime_get_module_inst(exec_env), "native stack overflow");
  return false;
}

bool wasm_runtime_detect_native_stack_overflow(wasm_exec_env_t exec_env) {
  constexpr std::uint32_t kEnoughForAnyCall = 4096;
  return wasm_runtime_detect_native_stack_overflow_size(exec_env, kEnoughForAnyCall);
}

bool wasm_runtime_init_thread_env(void) { return true; }
void wasm_runtime_destroy_thread_env(void) {}
bool wasm_runtime_thread_env_inited(void) { return true; }

void wasm_runtime_terminate(wasm_module_inst_t module_inst) {
  ForEachBeside(module_inst, [](InstanceHandle* one, const void*) { TerminateOne(one); });
}

void wasm_runtime_clear_exception(wasm_module_inst_t module_inst) {
  module_inst->exception[0] = '\0';
  if (module_inst->terminated.exchange(false)) ForEachEnvironment(module_inst, ClearTermination);
  abi::ExecutionEnvironment* const environment = CurrentEnvironment();
  if (environment == nullptr) return;
  environment->pending = 0;
  environment->exception = nullptr;
}

bool wasm_runtime_begin_blocking_op(wasm_exec_env_t exec_env) {
  return Of(exec_env)->termination == abi::ExecutionEnvironment::Termination::kNone;
}
void wasm_runtime_end_blocking_op(wasm_exec_env_t) {}

}  // extern "C"
