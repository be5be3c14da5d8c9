// Instances: linking with native functions, WASI and registered modules, start functions, contexts.
#include <cstdio>
#include <cstring>

#include "format/locking.h"
#include "runtime/include/tenon.h"
#include "runtime/instance/thread_instance.h"
#include "runtime/wasm_export/handles.h"
#include "runtime/wasm_export/module_heap.h"

struct InstantiationArgs2 {
  InstantiationArgs basic{};
  tenon::runtime::InstanceLimits limits;
  void* custom_data = nullptr;
  bool has_wasi = false;
  tenon::runtime::WasiArguments wasi;
};

namespace tenon::runtime {
namespace {

constexpr std::uint32_t kMaximumImportDepth = 16;  // modules that import from each other

struct ContextKey {
  bool used = false;
  void (*destructor)(wasm_module_inst_t inst, void* context) = nullptr;
};
constinit Mutex g_keys_mutex;
constinit ContextKey g_keys[kContextKeys] TENON_GUARDED_BY(g_keys_mutex);

ContextKey KeyAt(std::size_t index) {
  const MutexLock lock(g_keys_mutex);
  return g_keys[index];
}

std::span<const char* const> List(const char* const* list, std::uint32_t count) {
  return {list, list == nullptr ? 0 : count};
}

bool ImportsWasi(const ModuleHandle* module) {
  const container::View& view = module->view();
  for (const auto& import : view.Section<container::ImportEntry>(container::SectionId::kImports)) {
    if (wasi::IsWasiModule(view.String(import.module))) return true;
  }
  return false;
}

Status MakeWasi(InstanceHandle* handle, const WasiArguments& arguments) {
  if (!ImportsWasi(handle->module)) return Status::Ok();
  wasi::WasiOptions options;
  options.args = List(arguments.arguments, arguments.argument_count);
  options.environment = List(arguments.environment, arguments.environment_count);
  options.directories = List(arguments.directories, arguments.directory_count);
  options.mapped_directories = List(arguments.mapped_directories, arguments.mapped_directory_count);
  options.address_pool = List(arguments.address_pool, arguments.address_pool_size);
  for (int i = 0; i < 3; ++i) {
    if (arguments.descriptors[i] >= 0)
      options.streams[i].descriptor = static_cast<int>(arguments.descriptors[i]);
    options.streams[i].callback = handle->module->wasi_extras.streams[i];
  }
  const WasiExtras& extras = handle->module->wasi_extras;
  options.listeners = {extras.listeners, extras.listener_count};
  options.trace = extras.trace;
  TENON_ASSIGN_OR_RETURN(handle->wasi, wasi::Create(options));
  return wasi::MakeSharedMemory(handle->wasi, *handle->module->mapped);
}

Result<InstanceHandle*> Make(ModuleHandle* module, const InstantiationArgs2& arguments,
                             std::uint32_t depth);

struct Resolution {
  InstanceHandle* handle;
  const InstantiationArgs2* arguments;
  std::uint32_t depth;
};

// The importing instance's own instance of the registered module `name`.
InstanceHandle* DependencyOf(const Resolution& resolution, std::string_view name) {
  ModuleHandle* module = FindRegisteredModule(name);
  if (module == nullptr) module = ReadModule(name);
  if (module == nullptr || resolution.depth >= kMaximumImportDepth) return nullptr;
  InstanceHandle* const handle = resolution.handle;
  for (InstanceHandle* known = handle->dependencies; known != nullptr; known = known->next) {
    if (known->module == module) return known;
  }
  InstantiationArgs2 arguments;
  arguments.basic.default_stack_size = resolution.arguments->basic.default_stack_size;
  const Result<InstanceHandle*> made = Make(module, arguments, resolution.depth + 1);
  if (!made.ok()) return nullptr;
  (*made)->next = handle->dependencies;
  handle->dependencies = *made;
  return *made;
}

bool Resolve(void* state, const container::ImportEntry& import, std::string_view module,
             std::string_view name, Extern* result) {
  const Resolution& resolution = *static_cast<const Resolution*>(state);
  InstanceHandle* const handle = resolution.handle;
  const container::View& view = handle->module->view();
  if (handle->wasi != nullptr && wasi::ResolveSharedMemory(handle->wasi, import, result))
    return true;
  if (import.kind == ExternKind::kFunction) {
    const auto& type =
        view.Section<container::TypeEntry>(container::SectionId::kTypes)[import.type];
    bool mismatch = false;
    if (ResolveNative(module, name, view.Parameters(type), view.Results(type), result, &mismatch))
      return true;
    if (mismatch) {
      result->kind = ExternKind::kTag;  // makes linking fail with "incompatible import type"
      return true;
    }
    if (handle->wasi != nullptr && wasi::ResolveWasiImport(handle->wasi, module, name, result))
      return true;
  }
  InstanceHandle* const dependency = DependencyOf(resolution, module);
  if (dependency != nullptr && FindExport(dependency->instance, name, result)) return true;
  if (import.kind == ExternKind::kFunction && LogLevel() >= WASM_LOG_LEVEL_WARNING) {
    std::fprintf(
        stderr, "tenon: warning: nothing supplies the import \"%.*s\" \"%.*s\"; calling it traps\n",
        static_cast<int>(module.size()), module.data(), static_cast<int>(name.size()), name.data());
  }
  return false;
}

// `function` has neither parameters nor results.
Status RunOnce(InstanceHandle* handle, const abi::FuncRef* function) {
  const wasm_exec_env_t environment = wasm_runtime_create_exec_env(handle, 0);
  if (environment == nullptr) return Error::Format("%s", handle->exception);
  std::uint64_t none = 0;
  const bool good = Perform(Of(environment), function, &none);
  wasm_runtime_destroy_exec_env(environment);
  if (!good) return Error::Format("%s", handle->exception);
  return Status::Ok();
}

Status RunStart(InstanceHandle* handle) {
  const abi::FuncRef* const start = StartFunction(handle->instance);
  return start == nullptr ? Status::Ok() : RunOnce(handle, start);
}

// A WASI library ("reactor") expects this call before its other exports are called; as in WAMR.
Status InitializeReactor(InstanceHandle* handle) {
  Extern initialize;
  if (handle->wasi == nullptr || !FindExport(handle->instance, "_initialize", &initialize) ||
      initialize.kind != ExternKind::kFunction || !initialize.signature.parameters.empty() ||
      !initialize.signature.results.empty()) {
    return Status::Ok();
  }
  return RunOnce(handle, initialize.function);
}

Status Fill(InstanceHandle* handle, const InstantiationArgs2& arguments, std::uint32_t depth) {
  TENON_TRY(MakeWasi(handle, arguments.has_wasi ? arguments.wasi : handle->module->wasi));
  InstantiateOptions options;
  options.unknown_function_imports_trap = true;
  const InstanceLimits& limits = arguments.limits;
  if (limits.memory_pages != 0) options.maximum_memory_pages = limits.memory_pages;
  if (arguments.basic.max_memory_pages != 0)
    options.maximum_memory_pages = arguments.basic.max_memory_pages;
  if (limits.table_elements != 0) options.maximum_table_elements = limits.table_elements;
  options.ledger = &handle->ledger;
  Resolution resolution{handle, &arguments, depth};
  abi::TrapKind trap = abi::TrapKind::kNone;
  TENON_ASSIGN_OR_RETURN(handle->instance, Instantiate(*handle->module->mapped,
                                                       {&Resolve, &resolution}, options, &trap));
  handle->instance->embedder = handle;
  if (trap != abi::TrapKind::kNone) return Error::Format("Exception: %s", abi::TrapSentence(trap));
  TENON_TRY(CreateModuleHeap(handle, arguments.basic.host_managed_heap_size));
  TENON_TRY(RunStart(handle));
  return depth == 0 ? InitializeReactor(handle) : Status::Ok();
}

Result<InstanceHandle*> Make(ModuleHandle* module, const InstantiationArgs2& arguments,
                             std::uint32_t depth) {
  auto* const handle = Create<InstanceHandle>(Category::kInstance);
  if (handle == nullptr) return OutOfMemory("an instance");
  handle->ledger.Adopt(handle);
  handle->module = module;
  handle->custom_data = arguments.custom_data;
  handle->stack_limit = arguments.limits.stack_bytes;
  handle->stack_size = arguments.basic.default_stack_size != 0 ? arguments.basic.default_stack_size
                                                               : kDefaultStackBytes;
  if (arguments.limits.bytes != 0) handle->ledger.SetLimit(arguments.limits.bytes);
  const LedgerScope scope(&handle->ledger);
  const Status status = Fill(handle, arguments, depth);
  if (status.ok()) return handle;
  wasm_runtime_deinstantiate(handle);
  return status.error();
}

Status FillSpawned(InstanceHandle* handle) {
  InstanceHandle* const original = handle->original;
  handle->wasi = original->wasi;
  abi::TrapKind trap = abi::TrapKind::kNone;
  TENON_ASSIGN_OR_RETURN(handle->instance,
                         InstantiateForThread(original->instance, &handle->ledger, &trap));
  handle->instance->embedder = handle;
  if (trap != abi::TrapKind::kNone) return Error::Format("Exception: %s", abi::TrapSentence(trap));
  const abi::MemoryInstance* const memory = MemoryOf(handle->instance);
  if (memory != nullptr && memory->base == MemoryOf(original->instance)->base) {
    handle->heap = original->heap;
    TENON_TRY(PlaceStack(handle));
  } else if (original->heap != nullptr) {
    TENON_TRY(CreateModuleHeap(handle, static_cast<std::uint32_t>(HeapSize(original->heap))));
  }
  return RunStart(handle);
}

wasm_module_inst_t Finish(const Result<InstanceHandle*>& made, char* error_buf,
                          std::uint32_t error_buf_size) {
  if (made.ok()) return *made;
  Report(error_buf, error_buf_size, made.error().text());
  return nullptr;
}

std::size_t IndexOf(const void* key) {
  return static_cast<std::size_t>(static_cast<const ContextKey*>(key) - g_keys);
}

}  // namespace

Result<InstanceHandle*> MakeSpawned(InstanceHandle* original) {
  auto* const handle = Create<InstanceHandle>(Category::kInstance);
  if (handle == nullptr) return OutOfMemory("an instance");
  handle->ledger.Adopt(handle);
  handle->original = original;
  handle->module = original->module;
  handle->custom_data = original->custom_data;
  std::memcpy(handle->contexts, original->contexts, sizeof handle->contexts);
  handle->stack_limit = original->stack_limit;
  handle->stack_size = original->stack_size;
  LinkSpawned(handle);
  const LedgerScope scope(&handle->ledger);
  const Status status = FillSpawned(handle);
  if (status.ok()) return handle;
  wasm_runtime_deinstantiate(handle);
  return status.error();
}

void RunContextDestructors(InstanceHandle* handle) {
  for (std::size_t i = 0; i < kContextKeys; ++i) {
    if (handle->contexts[i] == nullptr) continue;
    const ContextKey key = KeyAt(i);
    if (key.destructor != nullptr) key.destructor(handle, handle->contexts[i]);
  }
}

void FreeContextKeys() {
  const MutexLock lock(g_keys_mutex);
  for (ContextKey& key : g_keys) key = {};
}

}  // namespace tenon::runtime

using namespace tenon;           // NOLINT: these functions translate between the two worlds
using namespace tenon::runtime;  // NOLINT

extern "C" {

wasm_module_inst_t wasm_runtime_instantiate(const wasm_module_t module, uint32_t default_stack_size,
                                            uint32_t host_managed_heap_size, char* error_buf,
                                            uint32_t error_buf_size) {
  const InstantiationArgs args = {default_stack_size, host_managed_heap_size, 0};
  return wasm_runtime_instantiate_ex(module, &args, error_buf, error_buf_size);
}

wasm_module_inst_t wasm_runtime_instantiate_ex(const wasm_module_t module,
                                               const InstantiationArgs* args, char* error_buf,
                                               uint32_t error_buf_size) {
  InstantiationArgs2 arguments;
  arguments.basic = *args;
  return Finish(Make(module, arguments, 0), error_buf, error_buf_size);
}

wasm_module_inst_t wasm_runtime_instantiate_ex2(const wasm_module_t module,
                                                const struct InstantiationArgs2* args,
                                                char* error_buf, uint32_t error_buf_size) {
  return Finish(Make(module, *args, 0), error_buf, error_buf_size);
}

void wasm_runtime_deinstantiate(wasm_module_inst_t module_inst) {
  if (module_inst == nullptr) return;
  const InstanceHandle* const original = module_inst->original;
  if (original == nullptr) {
    EndSpawned(module_inst);
    RunContextDestructors(module_inst);
    if (module_inst->wasi != nullptr) wasi::EndThreads(module_inst->wasi);
  } else {
    UnlinkSpawned(module_inst);
  }
  LeaveEnvironments(module_inst);
  if (original == nullptr || module_inst->heap != original->heap) DestroyModuleHeap(module_inst);
  DropExternObjects(module_inst);
  if (module_inst->instance != nullptr) {
    module_inst->instance->embedder = nullptr;
    module_inst->instance->ledger.LeaveParent();  // others may keep it
    Release(module_inst->instance);
  }
  if (original == nullptr) wasi::Destroy(module_inst->wasi);
  while (module_inst->dependencies != nullptr) {
    InstanceHandle* const dependency = module_inst->dependencies;
    module_inst->dependencies = dependency->next;
    wasm_runtime_deinstantiate(dependency);
  }
  Delete(module_inst);
}

bool wasm_runtime_instantiation_args_create(struct InstantiationArgs2** p) {
  *p = Create<InstantiationArgs2>(Category::kRuntime);
  return *p != nullptr;
}
void wasm_runtime_instantiation_args_destroy(struct InstantiationArgs2* p) { Delete(p); }
void wasm_runtime_instantiation_args_set_default_stack_size(struct InstantiationArgs2* p,
                                                            uint32_t v) {
  p->basic.default_stack_size = v;
}
void wasm_runtime_instantiation_args_set_host_managed_heap_size(struct InstantiationArgs2* p,
                                                                uint32_t v) {
  p->basic.host_managed_heap_size = v;
}
void wasm_runtime_instantiation_args_set_max_memory_pages(struct InstantiationArgs2* p,
                                                          uint32_t v) {
  p->basic.max_memory_pages = v;
}
void wasm_runtime_instantiation_args_set_custom_data(struct InstantiationArgs2* p,
                                                     void* custom_data) {
  p->custom_data = custom_data;
}
void wasm_runtime_instantiation_args_set_wasi_arg(struct InstantiationArgs2* p, char* argv[],
                                                  int argc) {
  p->has_wasi = true;
  p->wasi.arguments = argv;
  p->wasi.argument_count = argc > 0 ? static_cast<std::uint32_t>(argc) : 0;
}
void wasm_runtime_instantiation_args_set_wasi_env(struct InstantiationArgs2* p, const char* env[],
                                                  uint32_t env_count) {
  p->has_wasi = true;
  p->wasi.environment = env;
  p->wasi.environment_count = env_count;
}
void wasm_runtime_instantiation_args_set_wasi_dir(struct InstantiationArgs2* p,
                                                  const char* dir_list[], uint32_t dir_count,
                                                  const char* map_dir_list[],
                                                  uint32_t map_dir_count) {
  p->has_wasi = true;
  p->wasi.directories = dir_list;
  p->wasi.directory_count = dir_count;
  p->wasi.mapped_directories = map_dir_list;
  p->wasi.mapped_directory_count = map_dir_count;
}
void wasm_runtime_instantiation_args_set_wasi_stdio(struct InstantiationArgs2* p, int64_t stdinfd,
                                                    int64_t stdoutfd, int64_t stderrfd) {
  p->has_wasi = true;
  p->wasi.descriptors[0] = stdinfd;
  p->wasi.descriptors[1] = stdoutfd;
  p->wasi.descriptors[2] = stderrfd;
}
void wasm_runtime_instantiation_args_set_wasi_addr_pool(struct InstantiationArgs2* p,
                                                        const char* addr_pool[],
                                                        uint32_t addr_pool_size) {
  p->has_wasi = true;
  p->wasi.address_pool = addr_pool;
  p->wasi.address_pool_size = addr_pool_size;
}

void tenon_instantiation_args_set_limit(struct InstantiationArgs2* args, tenon_limit_t limit,
                                        uint64_t value) {
  const std::uint64_t stored = value == UINT64_MAX ? 0 : value;
  switch (limit) {
    case TENON_LIMIT_MEMORY_PAGES: args->limits.memory_pages = stored; break;
    case TENON_LIMIT_TABLE_ELEMENTS: args->limits.table_elements = stored; break;
    case TENON_LIMIT_STACK_BYTES: args->limits.stack_bytes = stored; break;
    case TENON_LIMIT_INSTANCE_BYTES: args->limits.bytes = stored; break;
  }
}

wasm_module_t wasm_runtime_get_module(wasm_module_inst_t module_inst) {
  return module_inst->module;
}

void wasm_runtime_set_custom_data(wasm_module_inst_t module_inst, void* custom_data) {
  module_inst->custom_data = custom_data;
}
void* wasm_runtime_get_custom_data(wasm_module_inst_t module_inst) {
  return module_inst->custom_data;
}

void* wasm_runtime_create_context_key(void (*dtor)(wasm_module_inst_t inst, void* ctx)) {
  const MutexLock lock(tenon::runtime::g_keys_mutex);
  for (auto& key : tenon::runtime::g_keys) {
    if (key.used) continue;
    key = {true, dtor};
    return &key;
  }
  return nullptr;
}
void wasm_runtime_destroy_context_key(void* key) {
  const MutexLock lock(tenon::runtime::g_keys_mutex);
  if (key != nullptr) tenon::runtime::g_keys[tenon::runtime::IndexOf(key)] = {};
}
void wasm_runtime_set_context(wasm_module_inst_t inst, void* key, void* ctx) {
  inst->contexts[tenon::runtime::IndexOf(key)] = ctx;
}
// Threads of wasi-threads run instances that share the handle.
void wasm_runtime_set_context_spread(wasm_module_inst_t inst, void* key, void* ctx) {
  void* const what[] = {key, ctx};
  ForEachBeside(
      inst,
      [](InstanceHandle* one, const void* data) {
        auto* const* const both = static_cast<void* const*>(data);
        wasm_runtime_set_context(one, both[0], both[1]);
      },
      what);
}
void* wasm_runtime_get_context(wasm_module_inst_t inst, void* key) {
  return inst->contexts[tenon::runtime::IndexOf(key)];
}

bool wasm_runtime_is_wasi_mode(wasm_module_inst_t module_inst) {
  return module_inst->wasi != nullptr;
}

wasm_function_inst_t wasm_runtime_lookup_wasi_start_function(wasm_module_inst_t module_inst) {
  const wasm_function_inst_t start = wasm_runtime_lookup_function(module_inst, "_start");
  if (start == nullptr || wasm_func_get_param_count(start, module_inst) != 0 ||
      wasm_func_get_result_count(start, module_inst) != 0) {
    return nullptr;
  }
  return start;
}

wasm_function_inst_t wasm_runtime_lookup_function(const wasm_module_inst_t module_inst,
                                                  const char* name) {
  const container::ExportEntry* const entry = module_inst->module->view().FindExport(name);
  if (entry == nullptr || entry->kind != ExternKind::kFunction) return nullptr;
  return module_inst->instance->FuncRefAt(entry->index);
}

}  // extern "C"
