// The C interface over instance.h: handles, 32-bit cells, texts.
//
// Invariants: wasm_exec_env_t is the ExecutionEnvironment itself, because native
// functions get it as their first argument from generated code; nothing throws.
#include "runtime/wasm_export.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <new>

#include "runtime/execution_environment.h"
#include "runtime/instance.h"
#include "runtime/instance_state.h"
#include "runtime/memory.h"
#include "runtime/tenon.h"
#include "runtime/traps.h"

// An embedder's module.
struct WASMModuleCommon {
  std::unique_ptr<tenon::loader::MappedModule> mapped;
};

// An embedder's instance: the runtime's, with the last exception's text.
struct WASMModuleInstanceCommon {
  tenon::runtime::Instance* instance = nullptr;
  std::uint32_t stack_size = 0;
  std::uint32_t exit_code = 0;
  void* custom_data = nullptr;  // the host's
  tenon::abi::ExecutionEnvironment* running = nullptr;
  char exception[300] = "";
};

namespace {

using namespace tenon;           // NOLINT: this file translates between the two worlds
using namespace tenon::runtime;  // NOLINT

constexpr std::uint32_t kDefaultStack = 256 * 1024;

struct Registration {
  char module_name[128];
  NativeSymbol* symbols;
  std::uint32_t count;
  Registration* next;
};
Registration* g_registrations = nullptr;

void Report(char* buffer, std::uint32_t size, const char* text) {
  if (buffer != nullptr && size != 0) std::snprintf(buffer, size, "%s", text);
}

template <typename T>
T* Create() {
  void* const memory = Allocate(Category::kRuntime, sizeof(T));
  return memory == nullptr ? nullptr : new (memory) T();
}

template <typename T>
void Destroy(T* object) {
  if (object == nullptr) return;
  object->~T();
  Free(object);
}

WASMModuleInstanceCommon* HandleOf(Instance* instance) {
  return instance == nullptr ? nullptr : static_cast<WASMModuleInstanceCommon*>(instance->embedder);
}

char LetterOf(ValueType type) {
  switch (type) {
    case ValueType::kI32: return 'i';
    case ValueType::kI64: return 'I';
    case ValueType::kF32: return 'f';
    case ValueType::kF64: return 'F';
    case ValueType::kV128: return 'V';
    default: return 'r';
  }
}

// Whether WAMR's signature text says the same as the type. No text: the host vouches.
bool SignatureMatches(const char* text, std::span<const ValueType> parameters,
                      std::span<const ValueType> results) {
  if (text == nullptr) return true;
  if (*text++ != '(') return false;
  for (const ValueType type : parameters) {
    if (*text++ != LetterOf(type)) return false;
  }
  if (*text++ != ')') return false;
  for (const ValueType type : results) {
    if (*text++ != LetterOf(type)) return false;
  }
  return *text == '\0';
}

bool ResolveNative(void* state, const container::ImportEntry& import, std::string_view module,
                   std::string_view name, Extern* result) {
  if (import.kind != ExternKind::kFunction) return false;
  const container::View& view = static_cast<WASMModuleCommon*>(state)->mapped->view();
  const auto& type = view.Section<container::TypeEntry>(container::SectionId::kTypes)[import.type];
  for (const Registration* registration = g_registrations; registration != nullptr;
       registration = registration->next) {
    if (module != registration->module_name) continue;
    for (std::uint32_t i = 0; i < registration->count; ++i) {
      const NativeSymbol& symbol = registration->symbols[i];
      if (name != symbol.symbol) continue;
      result->kind = ExternKind::kFunction;
      result->native = symbol.func_ptr;
      result->attachment = symbol.attachment;
      if (SignatureMatches(symbol.signature, view.Parameters(type), view.Results(type))) {
        result->signature = {view.Parameters(type), view.Results(type), type.key};
      } else {
        result->kind = ExternKind::kTag;  // "incompatible import type" is the answer
      }
      return true;
    }
  }
  return false;
}

wasm_module_t Finish(Result<std::unique_ptr<loader::MappedModule>> mapped, char* error_buf,
                     std::uint32_t size) {
  if (!mapped.ok()) {
    Report(error_buf, size, mapped.error().text());
    return nullptr;
  }
  auto* const module = Create<WASMModuleCommon>();
  if (module == nullptr) {
    Report(error_buf, size, "out of memory while loading");
    return nullptr;
  }
  module->mapped = std::move(*mapped);
  return module;
}

abi::ExecutionEnvironment* Of(wasm_exec_env_t environment) {
  return reinterpret_cast<abi::ExecutionEnvironment*>(environment);
}

bool Perform(WASMModuleInstanceCommon* handle, abi::ExecutionEnvironment* environment,
             const abi::FuncRef* function, std::uint64_t* values) {
  abi::ExecutionEnvironment* const outer = handle->running;
  handle->running = environment;
  const CallOutcome outcome = Call(environment, function, values);
  handle->running = outer;
  if (outcome.trap == abi::TrapKind::kNone) return true;
  std::uint32_t code = 0;
  if (ExitRequested(environment, &code)) {
    handle->exit_code = code;
    Report(handle->exception, sizeof handle->exception, "Exception: wasi proc exit");
    return false;
  }
  const char* const text = outcome.trap == abi::TrapKind::kHostError
                               ? ExceptionText(environment)
                               : abi::TrapSentence(outcome.trap);
  std::snprintf(handle->exception, sizeof handle->exception, "Exception: %.255s", text);
  return false;
}

}  // namespace

extern "C" {

bool wasm_runtime_init(void) {
  InstallTrapHandlers();
  return true;
}

bool wasm_runtime_full_init(RuntimeInitArgs* init_args) {
  if (init_args->mem_alloc_type != Alloc_With_System_Allocator) {
    std::fprintf(stderr, "tenon: only Alloc_With_System_Allocator is supported so far\n");
    return false;
  }
  if (!wasm_runtime_init()) return false;
  return init_args->n_native_symbols == 0 ||
         wasm_runtime_register_natives(init_args->native_module_name, init_args->native_symbols,
                                       init_args->n_native_symbols);
}

void wasm_runtime_destroy(void) {
  while (g_registrations != nullptr) {
    Registration* const next = g_registrations->next;
    Free(g_registrations);
    g_registrations = next;
  }
}

bool wasm_runtime_register_natives(const char* module_name, NativeSymbol* native_symbols,
                                   uint32_t n_native_symbols) {
  if (std::strlen(module_name) >= sizeof g_registrations->module_name) return false;
  auto* const registration = Create<Registration>();
  if (registration == nullptr) return false;
  std::snprintf(registration->module_name, sizeof registration->module_name, "%s", module_name);
  registration->symbols = native_symbols;
  registration->count = n_native_symbols;
  registration->next = g_registrations;
  g_registrations = registration;
  return true;
}

wasm_module_t wasm_runtime_load(uint8_t* buf, uint32_t size, char* error_buf,
                                uint32_t error_buf_size) {
  return Finish(loader::MappedModule::OpenBuffer({buf, size}, {}), error_buf, error_buf_size);
}

wasm_module_t tenon_load_file(const char* path, char* error_buf, uint32_t error_buf_size) {
  return Finish(loader::MappedModule::OpenFile(path, {}), error_buf, error_buf_size);
}

void wasm_runtime_unload(wasm_module_t module) { Destroy(module); }

wasm_module_inst_t wasm_runtime_instantiate(const wasm_module_t module, uint32_t default_stack_size,
                                            uint32_t host_managed_heap_size, char* error_buf,
                                            uint32_t error_buf_size) {
  if (host_managed_heap_size != 0) {
    Report(error_buf, error_buf_size,
           "a host-managed heap in linear memory is not supported: pass heap_size 0");
    return nullptr;
  }
  auto* const handle = Create<WASMModuleInstanceCommon>();
  if (handle == nullptr) {
    Report(error_buf, error_buf_size, "out of memory for an instance");
    return nullptr;
  }
  abi::TrapKind trap = abi::TrapKind::kNone;
  const Result<Instance*> instance =
      Instantiate(*module->mapped, {&ResolveNative, module}, {}, &trap);
  if (!instance.ok()) {
    Report(error_buf, error_buf_size, instance.error().text());
    Destroy(handle);
    return nullptr;
  }
  handle->instance = *instance;
  handle->stack_size = default_stack_size == 0 ? kDefaultStack : default_stack_size;
  handle->instance->embedder = handle;
  if (trap != abi::TrapKind::kNone) {
    Report(error_buf, error_buf_size, abi::TrapSentence(trap));
    wasm_runtime_deinstantiate(handle);
    return nullptr;
  }
  if (const abi::FuncRef* start = StartFunction(handle->instance); start != nullptr) {
    const wasm_exec_env_t environment = wasm_runtime_create_exec_env(handle, handle->stack_size);
    std::uint64_t none = 0;
    const bool good = environment != nullptr && Perform(handle, Of(environment), start, &none);
    wasm_runtime_destroy_exec_env(environment);
    if (!good) {
      Report(error_buf, error_buf_size,
             environment == nullptr ? "out of memory for a stack" : handle->exception);
      wasm_runtime_deinstantiate(handle);
      return nullptr;
    }
  }
  return handle;
}

void wasm_runtime_deinstantiate(wasm_module_inst_t module_inst) {
  if (module_inst == nullptr) return;
  module_inst->instance->embedder = nullptr;
  Release(module_inst->instance);
  Destroy(module_inst);
}

wasm_function_inst_t wasm_runtime_lookup_function(const wasm_module_inst_t module_inst,
                                                  const char* name) {
  const container::ExportEntry* entry = module_inst->instance->view().FindExport(name);
  if (entry == nullptr || entry->kind != ExternKind::kFunction) return nullptr;
  return module_inst->instance->funcrefs() + entry->index;
}

wasm_exec_env_t wasm_runtime_create_exec_env(wasm_module_inst_t module_inst, uint32_t stack_size) {
  const auto environment =
      CreateExecutionEnvironment({stack_size == 0 ? module_inst->stack_size : stack_size});
  if (!environment.ok()) return nullptr;
  (*environment)->user_data = module_inst;
  return reinterpret_cast<wasm_exec_env_t>(*environment);
}

void wasm_runtime_destroy_exec_env(wasm_exec_env_t exec_env) {
  DestroyExecutionEnvironment(Of(exec_env));
}

bool wasm_runtime_call_wasm(wasm_exec_env_t exec_env, wasm_function_inst_t function, uint32_t argc,
                            uint32_t argv[]) {
  auto* const handle = static_cast<WASMModuleInstanceCommon*>(Of(exec_env)->user_data);
  auto* const instance = handle->instance;
  const auto* const target = static_cast<const abi::FuncRef*>(function);
  const auto referenced = static_cast<std::uint32_t>(target - instance->funcrefs());
  const container::View& view = instance->view();
  if (referenced >=
      view.Section<container::ReferencedFunctionEntry>(container::SectionId::kReferencedFunctions)
          .size()) {
    Report(handle->exception, sizeof handle->exception,
           "Exception: the function belongs to another instance");
    return false;
  }
  const container::TypeEntry& type = view.TypeOfReferenced(referenced);
  const auto parameters = view.Parameters(type);
  const auto results = view.Results(type);
  const auto cells = [](ValueType value) -> std::uint32_t {
    if (value == ValueType::kV128) return 4;
    return value == ValueType::kI32 || value == ValueType::kF32 ? 1 : 2;
  };
  std::uint32_t wanted = 0;
  for (const ValueType parameter : parameters) wanted += cells(parameter);
  if (wanted != argc) {
    std::snprintf(handle->exception, sizeof handle->exception,
                  "Exception: the function takes %u cells, %u were given", wanted, argc);
    return false;
  }
  std::uint64_t few[32] = {};
  const auto wide_cells = [](std::span<const ValueType> types) {
    std::size_t count = 0;
    for (const ValueType type : types) count += abi::CellsOf(type);
    return count;
  };
  const std::size_t needed = std::max(wide_cells(parameters), wide_cells(results));
  std::uint64_t* values = few;
  if (needed > 32)
    values = static_cast<std::uint64_t*>(Allocate(Category::kExecutionEnvironment, needed * 8));
  if (values == nullptr) {
    Report(handle->exception, sizeof handle->exception,
           "Exception: out of memory for the arguments");
    return false;
  }
  const std::uint32_t* in = argv;
  std::uint64_t* cell = values;
  for (const ValueType parameter : parameters) {
    std::memcpy(cell, in, cells(parameter) * sizeof(std::uint32_t));
    in += cells(parameter);
    cell += abi::CellsOf(parameter);
  }
  const bool good = Perform(handle, Of(exec_env), target, values);
  if (good) {
    std::uint32_t* out = argv;
    cell = values;
    for (const ValueType result : results) {
      std::memcpy(out, cell, cells(result) * sizeof(std::uint32_t));
      out += cells(result);
      cell += abi::CellsOf(result);
    }
  }
  if (values != few) Free(values);
  return good;
}

wasm_module_inst_t wasm_runtime_get_module_inst(wasm_exec_env_t exec_env) {
  WASMModuleInstanceCommon* const calling = HandleOf(CallingInstance(Of(exec_env)));
  return calling != nullptr ? calling
                            : static_cast<WASMModuleInstanceCommon*>(Of(exec_env)->user_data);
}

const char* wasm_runtime_get_exception(wasm_module_inst_t module_inst) {
  return module_inst->exception[0] == '\0' ? nullptr : module_inst->exception;
}

void wasm_runtime_set_exception(wasm_module_inst_t module_inst, const char* exception) {
  std::snprintf(module_inst->exception, sizeof module_inst->exception, "Exception: %.255s",
                exception == nullptr ? "" : exception);
  // From a native function: its wasm caller must not go on.
  abi::ExecutionEnvironment* const environment = CurrentEnvironment();
  if (environment != nullptr && environment->current_host != nullptr) {
    SetPendingException(environment, exception == nullptr ? "" : exception);
  }
}

void wasm_runtime_clear_exception(wasm_module_inst_t module_inst) {
  module_inst->exception[0] = '\0';
  abi::ExecutionEnvironment* const environment = CurrentEnvironment();
  if (environment != nullptr) {
    environment->pending = 0;
    environment->exception = nullptr;
  }
}

uint32_t wasm_runtime_get_wasi_exit_code(wasm_module_inst_t module_inst) {
  return module_inst->exit_code;
}

bool wasm_runtime_validate_app_addr(wasm_module_inst_t module_inst, uint64_t app_offset,
                                    uint64_t size) {
  const abi::MemoryInstance* memory = MemoryOf(module_inst->instance);
  return memory != nullptr && size <= memory->size_bytes && app_offset <= memory->size_bytes - size;
}

void* wasm_runtime_addr_app_to_native(wasm_module_inst_t module_inst, uint64_t app_offset) {
  const abi::MemoryInstance* memory = MemoryOf(module_inst->instance);
  return memory != nullptr && app_offset < memory->size_bytes ? memory->base + app_offset : nullptr;
}

void wasm_runtime_set_custom_data(wasm_module_inst_t module_inst, void* custom_data) {
  module_inst->custom_data = custom_data;
}
void* wasm_runtime_get_custom_data(wasm_module_inst_t module_inst) {
  return module_inst->custom_data;
}

}  // extern "C"
