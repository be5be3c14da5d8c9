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
  RemoveLive(&module->live);
  module->mapped.reset();
  Free(module->copy);
  Free(module->name);
  Delete(module);
}

template <typename Open>
Result<ModuleHandle*> Load(const tenon_load_options_t* wanted, const Open& open) {
  if (!IsInitialised()) return Error::Format("%s", kNotInitialised);
  auto* const module = Create<ModuleHandle>(Category::kModule);
  if (module == nullptr) return OutOfMemory("a module");
  module->ledger.Adopt(module);
  module->memory = ModuleMemorySource(&module->ledger);
  loader::OpenOptions options;
  options.memory = &module->memory;
  if (wanted != nullptr) {
    options.copy = wanted->copy;
    module->needs_guard = wanted->bounds_checks == TENON_BOUNDS_CHECKS_GUARD;
    if (wanted->bounds_checks == TENON_BOUNDS_CHECKS_EXPLICIT)
      options.bounds_checks = container::BoundsChecks::kExplicit;
  }
  if (!CurrentAllocator().may_map()) options.bounds_checks = container::BoundsChecks::kExplicit;
  if (module->needs_guard) {
    if (!CurrentAllocator().may_map()) {
      Unload(module);
      return Error::Format("memories in a pool or of a host's allocator have no guard pages");
    }
    options.bounds_checks = container::BoundsChecks::kGuard;
  }
  auto mapped = open(module, options);
  if (!mapped.ok()) {
    Unload(module);
    return mapped.error();
  }
  module->mapped = std::move(*mapped);
  AddLive(&module->live, HandleKind::kModule, module);
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

void EnterModule(ModuleHandle* module) {
  const MutexLock lock(g_mutex);
  ++module->instances;
}

void LeaveModule(ModuleHandle* module) {
  {
    const MutexLock lock(g_mutex);
    if (--module->instances != 0 || !module->is_unloaded) return;
  }
  Unload(module);
}

std::uint32_t FreeModules() {
  std::uint32_t count = 0;
  const auto any = [](const void*) { return true; };
  while (void* const module = FindLive(HandleKind::kModule, any)) {
    Unload(static_cast<ModuleHandle*>(module));
    ++count;
  }
  return count;
}

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
  if (module == nullptr)
    Log(WASM_LOG_LEVEL_WARNING, Error::Format("module \"%s\": %s", text, error));
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
  return tenon_load_with(buf, size, nullptr, error_buf, error_buf_size);
}

wasm_module_t wasm_runtime_load_ex(uint8_t* buf, uint32_t size, const LoadArgs* args,
                                   char* error_buf, uint32_t error_buf_size) {
  const tenon_load_options_t options = {TENON_BOUNDS_CHECKS_ANY,
                                        args != nullptr && args->wasm_binary_freeable};
  wasm_module_t module = tenon_load_with(buf, size, &options, error_buf, error_buf_size);
  if (module != nullptr && args != nullptr && args->name != nullptr && args->name[0] != '\0' &&
      !wasm_runtime_set_module_name(module, args->name, error_buf, error_buf_size)) {
    Unload(module);
    module = nullptr;
  }
  return module;
}

wasm_module_t tenon_load_with(const uint8_t* bytes, uint64_t size,
                              const tenon_load_options_t* options, char* error_buf,
                              uint32_t error_buf_size) {
  const auto open = [&](ModuleHandle* module, const loader::OpenOptions& open_options)
      -> Result<std::unique_ptr<loader::MappedModule>> {
    if (bytes == nullptr || size > SIZE_MAX)
      return Error::Format("a module needs the bytes of its file");
    const std::uint8_t* place = bytes;
    if (open_options.copy) {
      module->copy = static_cast<std::uint8_t*>(AllocateRaw(module->ledger, size, 16));
      if (module->copy == nullptr) return OutOfMemory("a copy of the file");
      std::memcpy(module->copy, bytes, size);
      place = module->copy;
    }
    return loader::MappedModule::OpenBuffer({place, static_cast<std::size_t>(size)}, open_options);
  };
  return Finish(Load(options, open), error_buf, error_buf_size);
}

wasm_module_t tenon_load_file(const char* path, char* error_buf, uint32_t error_buf_size) {
  return tenon_load_file_with(path, nullptr, error_buf, error_buf_size);
}

wasm_module_t tenon_load_file_with(const char* path, const tenon_load_options_t* options,
                                   char* error_buf, uint32_t error_buf_size) {
  const auto open = [&](ModuleHandle*, const loader::OpenOptions& open_options)
      -> Result<std::unique_ptr<loader::MappedModule>> {
    if (path == nullptr) return Error::Format("a file needs a path");
    return loader::MappedModule::OpenFile(path, open_options);
  };
  return Finish(Load(options, open), error_buf, error_buf_size);
}

bool wasm_runtime_resolve_symbols(wasm_module_t module) {
  bool all = module != nullptr;
  for (int32_t i = 0; i < wasm_runtime_get_import_count(module); ++i) {
    wasm_import_t import;
    wasm_runtime_get_import_type(module, i, &import);
    all = all && (import.linked || import.kind != WASM_IMPORT_EXPORT_KIND_FUNC);
  }
  return all;
}

void wasm_runtime_unload(wasm_module_t module) {
  if (!IsLive(module)) return;
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
    module->is_unloaded = module->instances != 0;
  }
  if (!module->is_unloaded) return Unload(module);
  Log(WASM_LOG_LEVEL_WARNING,
      Error::Format("a module is unloaded before its instances: it goes with the last of them"));
}

bool wasm_runtime_is_underlying_binary_freeable(const wasm_module_t module) {
  return module == nullptr || module->copy != nullptr || module->mapped->OwnsBytes();
}

bool wasm_runtime_set_module_name(wasm_module_t module, const char* name, char* error_buf,
                                  uint32_t error_buf_size) {
  if (module == nullptr || name == nullptr) {
    Report(error_buf, error_buf_size, "a module's name needs the module and the name");
    return false;
  }
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
  return module != nullptr && module->name != nullptr ? module->name : "";
}

const uint8_t* wasm_runtime_get_custom_section(const wasm_module_t module_comm, const char* name,
                                               uint32_t* len) {
  if (module_comm == nullptr || name == nullptr) return nullptr;
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
  if (module_name == nullptr || !IsLive(module)) {
    Report(error_buf, error_buf_size, "a module is registered with a name and a loaded module");
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
  return module_name != nullptr ? FindRegisteredModule(module_name) : nullptr;
}

void wasm_runtime_set_module_reader(const module_reader reader, const module_destroyer destroyer) {
  const MutexLock lock(g_mutex);
  g_reader = {reader, destroyer};
}

void wasm_runtime_set_wasi_args_ex(wasm_module_t module, const char* dir_list[], uint32_t dir_count,
                                   const char* map_dir_list[], uint32_t map_dir_count,
                                   const char* env[], uint32_t env_count, char* argv[], int argc,
                                   int64_t stdinfd, int64_t stdoutfd, int64_t stderrfd) {
  if (module == nullptr) return;
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
  if (module == nullptr) return;
  module->wasi.address_pool = addr_pool;
  module->wasi.address_pool_size = addr_pool_size;
}

// No function that a program can import resolves names, so there is nothing to restrict.
void wasm_runtime_set_wasi_ns_lookup_pool(wasm_module_t, const char*[], uint32_t) {}

void tenon_set_wasi_stream(wasm_module_t module, uint32_t stream, tenon_wasi_stream_t callback,
                           void* user_data) {
  if (module != nullptr && stream < 3) module->wasi_extras.streams[stream] = {callback, user_data};
}

void tenon_set_wasi_listeners(wasm_module_t module, const char* const addresses[], uint32_t count) {
  if (module == nullptr) return;
  module->wasi_extras.listeners = addresses;
  module->wasi_extras.listener_count = count;
}

void tenon_set_wasi_trace(wasm_module_t module, tenon_wasi_trace_t callback, void* user_data) {
  if (module != nullptr) module->wasi_extras.trace = {callback, user_data};
}

}  // extern "C"
