// The structs of the handles of wasm_export.h, and what the files that implement it share. Internal
// to runtime/wasm_export/.
//
// wasm_exec_env_t is the ExecutionEnvironment itself, because native functions get it as
// their first argument from generated code; wasm_function_inst_t is a FuncRef,
// wasm_memory_inst_t a MemoryInstance, wasm_func_type_t one of the module's type keys (see
// Signature), the other types are entries of the container.
//
// Invariant: nothing here throws.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>

#include "format/locking.h"
#include "loader/mapped_module.h"
#include "runtime/execute/execution_environment.h"
#include "runtime/include/wasm_export.h"
#include "runtime/instance/instance.h"
#include "runtime/instance/instance_state.h"
#include "runtime/memory/memory.h"
#include "runtime/wasi/wasi.h"

namespace tenon::runtime {

struct ModuleHeap;

// What the host gives a WASI program: references to the host's arrays.
struct WasiArguments {
  const char** directories = nullptr;
  std::uint32_t directory_count = 0;
  const char** mapped_directories = nullptr;
  std::uint32_t mapped_directory_count = 0;
  const char** environment = nullptr;
  std::uint32_t environment_count = 0;
  char** arguments = nullptr;
  std::uint32_t argument_count = 0;
  const char** address_pool = nullptr;
  std::uint32_t address_pool_size = 0;
  std::int64_t descriptors[3] = {-1, -1, -1};
};

// What tenon.h adds to that.
struct WasiExtras {
  wasi::StreamCallback streams[3];
  wasi::TraceSink trace;
  const char* const* listeners = nullptr;
  std::uint32_t listener_count = 0;
};

// Limits of an instance; 0: none besides the module's and the runtime's.
struct InstanceLimits {
  std::uint64_t memory_pages = 0;
  std::uint64_t table_elements = 0;
  std::uint64_t stack_bytes = 0;
  std::uint64_t bytes = 0;  // of all its instance memory
};

// The lists of environments of all instances (execution_environments.cc).
extern constinit Mutex g_environments_mutex;
// The lists of spawned instances and of threads (threads.cc).
extern constinit Mutex g_threads_mutex;

inline constexpr std::size_t kContextKeys = 8;
inline constexpr std::uint32_t kDefaultStackBytes = 256 * 1024;

}  // namespace tenon::runtime

struct WASMModuleCommon {
  tenon::runtime::Ledger ledger{tenon::runtime::Category::kModule,
                                &tenon::runtime::LedgerOf(tenon::runtime::Category::kModule)};
  tenon::loader::MemorySource memory{};
  std::unique_ptr<tenon::loader::MappedModule> mapped;
  std::uint8_t* copy = nullptr;  // of the host's buffer, if that may be freed after loading
  char* name = nullptr;
  tenon::runtime::WasiArguments wasi;
  tenon::runtime::WasiExtras wasi_extras;

  const tenon::container::View& view() const { return mapped->view(); }
};

struct WASMModuleInstanceCommon {
  // This handle's, the Instance's and the WASI context's bytes.
  tenon::runtime::Ledger ledger{tenon::runtime::Category::kInstance,
                                &tenon::runtime::LedgerOf(tenon::runtime::Category::kInstance)};
  WASMModuleCommon* module = nullptr;
  tenon::runtime::Instance* instance = nullptr;
  tenon::runtime::wasi::WasiContext* wasi = nullptr;
  tenon::runtime::ModuleHeap* heap = nullptr;
  WASMModuleInstanceCommon* dependencies = nullptr;  // instances it imports from, its own
  // In the list of dependencies, or of spawned instances, that this one is in.
  WASMModuleInstanceCommon* next = nullptr;
  // Spawned instances (threads.cc): the one that this was spawned from, or null; and those spawned
  // from this one.
  WASMModuleInstanceCommon* original = nullptr;
  WASMModuleInstanceCommon* spawned TENON_GUARDED_BY(tenon::runtime::g_threads_mutex) = nullptr;
  tenon::abi::ExecutionEnvironment* environments
      TENON_GUARDED_BY(tenon::runtime::g_environments_mutex) = nullptr;
  tenon::abi::ExecutionEnvironment* singleton = nullptr;
  std::uint64_t stack_limit = 0;  // of each execution environment; 0: none
  void* custom_data = nullptr;
  void* contexts[tenon::runtime::kContextKeys] = {};
  std::uint32_t stack_size = 0;
  std::uint32_t exit_code = 0;
  std::uint32_t spawn_number = 0;            // of spawned instances, from 1 on, reused
  std::atomic<std::uint32_t> terminated{0};  // a bool in a word, which RISC-V can exchange
  char exception[136] = "";
};

namespace tenon::runtime {

using ModuleHandle = WASMModuleCommon;
using InstanceHandle = WASMModuleInstanceCommon;

inline abi::ExecutionEnvironment* Of(wasm_exec_env_t environment) {
  return reinterpret_cast<abi::ExecutionEnvironment*>(environment);
}
inline InstanceHandle* HandleOf(const abi::ExecutionEnvironment* environment) {
  return static_cast<InstanceHandle*>(environment->embedder);
}

// A function type, found by its key: packed, or in the registry.
class Signature {
 public:
  explicit Signature(std::uint64_t key);
  std::uint32_t parameter_count() const { return parameter_count_; }
  std::uint32_t result_count() const { return result_count_; }
  ValueType parameter(std::uint32_t i) const { return At(i); }
  ValueType result(std::uint32_t i) const { return At(parameter_count_ + i); }

 private:
  ValueType At(std::uint32_t i) const;

  std::uint64_t key_;
  std::uint32_t parameter_count_;
  std::uint32_t result_count_;
  const ValueType* parameters_ = nullptr;  // interned types
  const ValueType* results_ = nullptr;
};

wasm_valkind_t KindOf(ValueType type);

void Report(char* buffer, std::uint32_t size, const char* text);

template <typename T>
T* Create(Category category) {
  void* const memory = Allocate(category, sizeof(T));
  return memory == nullptr ? nullptr : new (memory) T();
}
template <typename T>
void Delete(T* object) {
  if (object == nullptr) return;
  object->~T();
  Free(object);
}
// A copy in the ledger's memory; null if there is none.
char* CopyText(Ledger& ledger, const char* text);

// ---- natives.cc
// What `module` calls `name`, if a native was registered for it that fits the type; `mismatch` is
// set if there is one that does not.
bool ResolveNative(std::string_view module, std::string_view name,
                   std::span<const ValueType> parameters, std::span<const ValueType> results,
                   Extern* result, bool* mismatch);
void FreeRegistrations();

// ---- modules.cc
ModuleHandle* FindRegisteredModule(std::string_view name);
// Asks the host's reader for it and registers what it gives; null if there is none.
ModuleHandle* ReadModule(std::string_view name);
void FreeRegisteredModules();
// A string of the container as a C string; "" if it lacks its NUL.
const char* CText(const container::View& view, container::StringRef reference);

// ---- instances.cc
// Spawns an instance from `original`, with its shared memories, and puts it into its list.
Result<InstanceHandle*> MakeSpawned(InstanceHandle* original);
void RunContextDestructors(InstanceHandle* handle);
void FreeContextKeys();

// ---- execution_environments.cc
abi::ExecutionEnvironment* CreateEnvironment(InstanceHandle* handle,
                                             const ExecutionEnvironmentOptions& options,
                                             char* error_buf, std::uint32_t error_size);
void DestroyEnvironment(abi::ExecutionEnvironment* environment);
// Before the instance is freed: destroys its own environment. Those that the host made stay until
// it destroys them.
void LeaveEnvironments(InstanceHandle* handle);

// ---- calls.cc
// Calls the function. If that fails, the exception is set in the environment's instance.
bool Perform(abi::ExecutionEnvironment* environment, const abi::FuncRef* function,
             std::uint64_t* values);

// ---- memories.cc
// A host-managed heap inside linear memory, after the memory that the module knows.
Status CreateModuleHeap(InstanceHandle* handle, std::uint32_t size);
void DestroyModuleHeap(InstanceHandle* handle);
// Sets the exception that a failed check sets.
void SetOutOfBounds(InstanceHandle* handle);

// ---- threads.cc
// Puts a new spawned instance into its original's list, with the lowest free number; and out of it.
void LinkSpawned(InstanceHandle* handle);
void UnlinkSpawned(InstanceHandle* handle);
// Ends the threads of the instance and its spawned instances.
void EndSpawned(InstanceHandle* handle);
// Calls `function` for the instance, and for the original and all spawned instances that belong to
// it.
void ForEachBeside(InstanceHandle* handle, void (*function)(InstanceHandle* one, const void* data),
                   const void* data = nullptr);
// Divides the C stack in shared memory: a spawned instance's stack starts in a part of its own.
// Nothing is done for modules that do not say where their stack is.
Status PlaceStack(InstanceHandle* spawned);

// ---- externref.cc
void DropExternObjects(const InstanceHandle* handle);
void FreeExternObjects();

// ---- init.cc
log_level_t LogLevel();

}  // namespace tenon::runtime
