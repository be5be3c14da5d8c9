// Modules: loading, names, registration, custom sections.
#include <cstdio>
#include <cstring>

#include "format/locking.h"
#include "format/ranges.h"
#include "runtime/include/tenon.h"
#include "runtime/wasm_export/handles.h"

namespace tenon::runtime {
namespace {

// A module that others import from.
struct RegisteredModule {
  RegisteredModule* next;
  ModuleHandle* module;
  std::uint8_t* buffer;  // from the host's reader; null: the module is the host's
  std::uint32_t buffer_size;
  char* name;
};

// The host's functions that read modules and give their bytes back.
struct Reader {
  module_reader read = nullptr;
  module_destroyer destroy = nullptr;

  void Destroy(std::uint8_t* buffer, std::uint32_t size) const {
    if (destroy != nullptr) destroy(buffer, size);
  }
};

constinit Mutex g_mutex;
RegisteredModule* g_registered TENON_GUARDED_BY(g_mutex) = nullptr;
Reader g_reader TENON_GUARDED_BY(g_mutex);

Reader CurrentReader() {
  const MutexLock lock(g_mutex);
  return g_reader;
}

void Unload(ModuleHandle* module) {
  if (module == nullptr) return;
  module->mapped.reset();
  Free(module->copy);
  Free(module->name);
  Delete(module);
}

template <typename Open>
Result<ModuleHandle*> Load(const Open& open) {
  auto* const module = Create<ModuleHandle>(Category::kModule);
  if (module == nullptr) return OutOfMemory("a module");
  module->ledger.Adopt(module);
  module->memory = ModuleMemorySource(&module->ledger);
  loader::OpenOptions options;
  options.memory = &module->memory;
  if (!CurrentAllocator().may_map()) options.bounds_checks = container::BoundsChecks::kExplicit;
  auto mapped = open(module, options);
  if (!mapped.ok()) {
    Unload(module);
    return mapped.error();
  }
  module->mapped = std::move(*mapped);
  return module;
}

wasm_module_t Finish(const Result<ModuleHandle*>& module, char* error_buf,
                     std::uint32_t error_buf_size) {
  if (module.ok()) return *module;
  Report(error_buf, error_buf_size, module.error().text());
  return nullptr;
}

Status Register(const char* name, ModuleHandle* module, std::uint8_t* buffer, std::uint32_t size) {
  auto* const entry =
      static_cast<RegisteredModule*>(Allocate(Category::kRuntime, sizeof(RegisteredModule)));
  char* const copy = entry != nullptr ? CopyText(LedgerOf(Category::kRuntime), name) : nullptr;
  if (copy == nullptr) {
    const Error error = OutOfMemory("the name of a module");
    Free(entry);
    return error;
  }
  const MutexLock lock(g_mutex);
  *entry = {g_registered, module, buffer, size, copy};
  g_registered = entry;
  return Status::Ok();
}

void Forget(RegisteredModule* entry) TENON_REQUIRES(g_mutex) {
  if (entry->buffer != nullptr) {
    Unload(entry->module);
    g_reader.Destroy(entry->buffer, entry->buffer_size);
  }
  Free(entry->name);
  Free(entry);
}

}  // namespace

ModuleHandle* FindRegisteredModule(std::string_view name) {
  const MutexLock lock(g_mutex);
  for (RegisteredModule* entry = g_registered; entry != nullptr; entry = entry->next) {
    if (name == entry->name) return entry->module;
  }
  return nullptr;
}

ModuleHandle* ReadModule(std::string_view name) {
  char text[256];
  const Reader reader = CurrentReader();
  if (reader.read == nullptr || name.size() >= sizeof text) return nullptr;
  std::memcpy(text, name.data(), name.size());
  text[name.size()] = '\0';
  std::uint8_t* buffer = nullptr;
  std::uint32_t size = 0;
  if (!reader.read(Wasm_Module_AoT, text, &buffer, &size)) return nullptr;
  char error[200];
  ModuleHandle* const module = wasm_runtime_load(buffer, size, error, sizeof error);
  if (module != nullptr && Register(text, module, buffer, size).ok()) return module;
  if (module == nullptr && LogLevel() >= WASM_LOG_LEVEL_WARNING)
    std::fprintf(stderr, "tenon: module \"%s\": %s\n", text, error);
  Unload(module);
  reader.Destroy(buffer, size);
  return nullptr;
}

void FreeRegisteredModules() {
  const MutexLock lock(g_mutex);
  while (g_registered != nullptr) {
    RegisteredModule* const entry = g_registered;
    g_registered = entry->next;
    Forget(entry);
  }
  g_reader = {};
}

}  // namespace tenon::runtime

using namespace tenon;           // NOLINT: these functions translate between the two worlds
using namespace tenon::runtime;  // NOLINT

extern "C" {

wasm_module_t wasm_runtime_load(uint8_t* buf, uint32_t size, char* error_buf,
                                uint32_t error_buf_size) {
  const auto open = [&](ModuleHandle*, const loader::OpenOptions& options) {
    return loader::MappedModule::OpenBuffer({buf, size}, options);
  };
  return Finish(Load(open), error_buf, error_buf_size);
}

wasm_module_t wasm_runtime_load_ex(uint8_t* buf, uint32_t size, const LoadArgs* args,
                                   char* error_buf, uint32_t error_buf_size) {
  const auto open_copy =
      [&](ModuleHandle* module,
          const loader::OpenOptions& options) -> Result<std::unique_ptr<loader::MappedModule>> {
    module->copy = static_cast<std::uint8_t*>(AllocateRaw(module->ledger, size, 16));
    if (module->copy == nullptr) return OutOfMemory("a copy of the file");
    std::memcpy(module->copy, buf, size);
    return loader::MappedModule::OpenBuffer({module->copy, size}, options);
  };
  wasm_module_t module = args != nullptr && args->wasm_binary_freeable
                             ? Finish(Load(open_copy), error_buf, error_buf_size)
                             : wasm_runtime_load(buf, size, error_buf, error_buf_size);
  if (module != nullptr && args != nullptr && args->name != nullptr && args->name[0] != '\0' &&
      !wasm_runtime_set_module_name(module, args->name, error_buf, error_buf_size)) {
    Unload(module);
    module = nullptr;
  }
  return module;
}

wasm_module_t tenon_load_file(const char* path, char* error_buf, uint32_t error_buf_size) {
  const auto open = [&](ModuleHandle*, const loader::OpenOptions& options) {
    return loader::MappedModule::OpenFile(path, options);
  };
  return Finish(Load(open), error_buf, error_buf_size);
}

bool wasm_runtime_resolve_symbols(wasm_module_t module) {
  bool all = true;
  for (int32_t i = 0; i < wasm_runtime_get_import_count(module); ++i) {
    wasm_import_t import;
    wasm_runtime_get_import_type(module, i, &import);
    all = all && (import.linked || import.kind != WASM_IMPORT_EXPORT_KIND_FUNC);
  }
  return all;
}

void wasm_runtime_unload(wasm_module_t module) {
  if (module == nullptr) return;
  {
    const MutexLock lock(g_mutex);
    for (RegisteredModule** link = &g_registered; *link != nullptr;) {
      RegisteredModule* const entry = *link;
      if (entry->module != module) {
        link = &entry->next;
        continue;
      }
      if (entry->buffer != nullptr) return;  // from the reader: freed with the runtime
      *link = entry->next;
      Forget(entry);
    }
  }
  Unload(module);
}

bool wasm_runtime_is_underlying_binary_freeable(const wasm_module_t module) {
  return module->copy != nullptr || module->mapped->file().descriptor >= 0;
}

bool wasm_runtime_set_module_name(wasm_module_t module, const char* name, char* error_buf,
                                  uint32_t error_buf_size) {
  char* const copy = CopyText(module->ledger, name);
  if (copy == nullptr) {
    Report(error_buf, error_buf_size, OutOfMemory("the name of a module").text());
    return false;
  }
  Free(module->name);
  module->name = copy;
  return true;
}

const char* wasm_runtime_get_module_name(wasm_module_t module) {
  return module->name != nullptr ? module->name : "";
}

const uint8_t* wasm_runtime_get_custom_section(const wasm_module_t module_comm, const char* name,
                                               uint32_t* len) {
  const container::View& view = module_comm->view();
  const auto names = view.RawSection(container::SectionId::kNameStrings);
  const auto bytes = view.RawSection(container::SectionId::kDataBytes);
  const std::string_view wanted = name;
  for (const auto& section :
       view.Section<container::CustomSectionEntry>(container::SectionId::kCustomSections)) {
    // These sections have not been checked before.
    if (IsOutside(section.name.offset, section.name.length, names.size()) ||
        IsOutside(section.bytes_offset, section.bytes_size, bytes.size())) {
      continue;
    }
    const std::string_view its{reinterpret_cast<const char*>(names.data()) + section.name.offset,
                               section.name.length};
    if (its != wanted) continue;
    if (len != nullptr) *len = static_cast<uint32_t>(section.bytes_size);
    return bytes.data() + section.bytes_offset;
  }
  return nullptr;
}

bool wasm_runtime_register_module(const char* module_name, wasm_module_t module, char* error_buf,
                                  uint32_t error_buf_size) {
  if (module_name == nullptr || module == nullptr) {
    Report(error_buf, error_buf_size, "a module is registered with a name and a module");
    return false;
  }
  const ModuleHandle* const known = FindRegisteredModule(module_name);
  if (known == module) return true;
  const Status status = known != nullptr
                            ? Error::Format("another module is registered as \"%s\"", module_name)
                            : Register(module_name, module, nullptr, 0);
  if (!status.ok()) Report(error_buf, error_buf_size, status.error().text());
  return status.ok();
}

wasm_module_t wasm_runtime_find_module_registered(const char* module_name) {
  return FindRegisteredModule(module_name);
}

void wasm_runtime_set_module_reader(const module_reader reader, const module_destroyer destroyer) {
  const MutexLock lock(g_mutex);
  g_reader = {reader, destroyer};
}

void wasm_runtime_set_wasi_args_ex(wasm_module_t module, const char* dir_list[], uint32_t dir_count,
                                   const char* map_dir_list[], uint32_t map_dir_count,
                                   const char* env[], uint32_t env_count, char* argv[], int argc,
                                   int64_t stdinfd, int64_t stdoutfd, int64_t stderrfd) {
  WasiArguments& wasi = module->wasi;
  wasi.directories = dir_list;
  wasi.directory_count = dir_count;
  wasi.mapped_directories = map_dir_list;
  wasi.mapped_directory_count = map_dir_count;
  wasi.environment = env;
  wasi.environment_count = env_count;
  wasi.arguments = argv;
  wasi.argument_count = argc > 0 ? static_cast<std::uint32_t>(argc) : 0;
  wasi.descriptors[0] = stdinfd;
  wasi.descriptors[1] = stdoutfd;
  wasi.descriptors[2] = stderrfd;
}

void wasm_runtime_set_wasi_args(wasm_module_t module, const char* dir_list[], uint32_t dir_count,
                                const char* map_dir_list[], uint32_t map_dir_count,
                                const char* env[], uint32_t env_count, char* argv[], int argc) {
  wasm_runtime_set_wasi_args_ex(module, dir_list, dir_count, map_dir_list, map_dir_count, env,
                                env_count, argv, argc, -1, -1, -1);
}

void wasm_runtime_set_wasi_addr_pool(wasm_module_t module, const char* addr_pool[],
                                     uint32_t addr_pool_size) {
  module->wasi.address_pool = addr_pool;
  module->wasi.address_pool_size = addr_pool_size;
}

// No function that a program can import resolves names, so there is nothing to restrict.
void wasm_runtime_set_wasi_ns_lookup_pool(wasm_module_t, const char*[], uint32_t) {}

void tenon_set_wasi_stream(wasm_module_t module, uint32_t stream, tenon_wasi_stream_t callback,
                           void* user_data) {
  if (stream < 3) module->wasi_extras.streams[stream] = {callback, user_data};
}

void tenon_set_wasi_listeners(wasm_module_t module, const char* const addresses[], uint32_t count) {
  module->wasi_extras.listeners = addresses;
  module->wasi_extras.listener_count = count;
}

void tenon_set_wasi_trace(wasm_module_t module, tenon_wasi_trace_t callback, void* user_data) {
  module->wasi_extras.trace = {callback, user_data};
}

}  // extern "C"
