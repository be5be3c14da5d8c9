// Initialisation of the runtime: the choice of the allocator, and what is freed at the end.
#include <atomic>
#include <cstdio>
#include <cstring>
#include <limits>

#include "format/container.h"
#include "format/locking.h"
#include "loader/type_registry.h"
#include "runtime/execute/traps.h"
#include "runtime/include/tenon.h"
#include "runtime/instance/exceptions.h"
#include "runtime/memory/linear_memory.h"
#include "runtime/memory/reservations.h"
#include "runtime/wasm_export/handles.h"

namespace tenon::runtime {
namespace {

// Held while the runtime starts and ends, and whenever the count changes.
constinit Mutex g_mutex;
constinit std::atomic<std::uint32_t> g_users{0};
constinit std::atomic<log_level_t> g_log_level{WASM_LOG_LEVEL_WARNING};
constinit tenon_allocator_t g_host{};  // the host's functions, with the category
constinit MemAllocOption g_option{};   // the host's functions, in WAMR's forms

// ---- WAMR's three forms of custom allocators
constexpr std::uint64_t kLongest = std::numeric_limits<unsigned int>::max();

mem_alloc_usage_t UsageOf(Category category) {
  return category == Category::kInstance ? Alloc_For_LinearMemory : Alloc_For_Runtime;
}

struct PlainForm {
  template <typename R, typename... Values>
  static R Call(void* function, Category, Values... values) {
    return reinterpret_cast<R (*)(Values...)>(function)(values...);
  }
};
struct UserDataForm {
  template <typename R, typename... Values>
  static R Call(void* function, Category, Values... values) {
    return reinterpret_cast<R (*)(void*, Values...)>(function)(g_option.allocator.user_data,
                                                               values...);
  }
};
struct UsageForm {
  template <typename R, typename... Values>
  static R Call(void* function, Category category, Values... values) {
    return reinterpret_cast<R (*)(mem_alloc_usage_t, void*, Values...)>(function)(
        UsageOf(category), g_option.allocator.user_data, values...);
  }
};

template <typename Form>
HostAllocator AdaptWamr() {
  HostAllocator host{};
  host.malloc = [](void*, Category category, std::uint64_t size) -> void* {
    if (size > kLongest) return nullptr;
    return Form::template Call<void*>(g_option.allocator.malloc_func, category,
                                      static_cast<unsigned int>(size));
  };
  if (g_option.allocator.realloc_func != nullptr) {
    host.realloc = [](void*, Category category, void* block, std::uint64_t size) -> void* {
      if (size > kLongest) return nullptr;
      return Form::template Call<void*>(g_option.allocator.realloc_func, category, block,
                                        static_cast<unsigned int>(size));
    };
  }
  host.free = [](void*, Category category, void* block) {
    Form::template Call<void>(g_option.allocator.free_func, category, block);
  };
  return host;
}

HostAllocator AdaptTenon() {
  HostAllocator host{};
  host.malloc = [](void*, Category category, std::uint64_t size) {
    return g_host.allocate(g_host.user_data, static_cast<tenon_category_t>(category), size);
  };
  if (g_host.reallocate != nullptr) {
    host.realloc = [](void*, Category category, void* block, std::uint64_t size) {
      return g_host.reallocate(g_host.user_data, static_cast<tenon_category_t>(category), block,
                               size);
    };
  }
  host.free = [](void*, Category category, void* block) {
    g_host.release(g_host.user_data, static_cast<tenon_category_t>(category), block);
  };
  return host;
}

Result<Allocator*> MakeAllocator(const RuntimeInitArgs& args, HostAllocator (*adapt)()) {
  const MemAllocOption& option = args.mem_alloc_option;
  switch (args.mem_alloc_type) {
    case Alloc_With_Pool:
      if (option.pool.heap_buf == nullptr) return MakeReservedPoolAllocator(option.pool.heap_size);
      return MakePoolAllocator(option.pool.heap_buf, option.pool.heap_size);
    case Alloc_With_Allocator:
      if (option.allocator.malloc_func == nullptr || option.allocator.free_func == nullptr)
        return Error::Format("Alloc_With_Allocator needs malloc_func and free_func");
      g_option = option;
      return MakeHostAllocator(adapt());
    case Alloc_With_System_Allocator: return SystemAllocator();
  }
  return Error::Format("mem_alloc_type %d is none that there is",
                       static_cast<int>(args.mem_alloc_type));
}

// Blocks still alive after everything that can be found was freed: the host's own, from
// wasm_runtime_malloc. A pool frees them with itself.
void ReportKept() {
  if (CurrentAllocator().capacity().is_bounded) return;
  std::uint64_t blocks = 0, bytes = 0;
  for (std::size_t i = 0; i < kCategories; ++i) {
    const Usage usage = LedgerOf(static_cast<Category>(i)).usage();
    blocks += usage.live_blocks;
    bytes += usage.live_bytes;
  }
  if (blocks == 0) return;
  Log(WASM_LOG_LEVEL_WARNING,
      Error::Format("wasm_runtime_destroy: %llu blocks of %llu bytes in all, from "
                    "wasm_runtime_malloc, were never freed and stay with the process",
                    static_cast<unsigned long long>(blocks),
                    static_cast<unsigned long long>(bytes)));
}

void End() TENON_REQUIRES(g_mutex) {
  const std::uint32_t instances = FreeInstances();
  const std::uint32_t environments = FreeEnvironments();
  FreeRegisteredModules();
  const std::uint32_t modules = FreeModules();
  const std::uint32_t arguments = FreeInstantiationArguments();
  if (instances + environments + modules + arguments != 0) {
    Log(WASM_LOG_LEVEL_DEBUG,
        Error::Format("wasm_runtime_destroy gave back what the host had left: %u instances, %u "
                      "execution environments, %u modules, %u instantiation arguments",
                      instances, environments, modules, arguments));
  }
  FreeRegistrations();
  FreeContextKeys();
  FreeExternObjects();
  FreeEscapedExceptions();
  ReportKept();
  const bool everything_is_gone =
      !CurrentAllocator().may_map() || CurrentAllocator().capacity().is_bounded;
  FreeCodeRegistry(everything_is_gone);
  FreeReservationRegistry(everything_is_gone);
  if (everything_is_gone) {
    loader::ForgetGroups();
    ForgetShares();
  }
  DestroyPoolAllocator();
  UseAllocator(nullptr);
  for (std::size_t i = 0; i < kCategories; ++i) {
    Ledger& ledger = LedgerOf(static_cast<Category>(i));
    ledger.Forget();
    ledger.SetLimit(Ledger::kNoLimit);
  }
}

Status Start(Result<Allocator*> allocator, const RuntimeInitArgs* args) TENON_REQUIRES(g_mutex) {
  if (!allocator.ok()) return allocator.error();
  UseAllocator(*allocator);
  for (std::size_t i = 0; i < kCategories; ++i) LedgerOf(static_cast<Category>(i)).ResetPeak();
  InstallTrapHandlers();
  wasm_runtime_set_max_thread_num(args != nullptr ? args->max_thread_num : 0);
  if (args == nullptr || args->n_native_symbols == 0) return Status::Ok();
  const Status registered =
      RegisterNatives(args->native_module_name, args->native_symbols, args->n_native_symbols);
  if (!registered.ok()) End();
  return registered;
}

bool Initialise(RuntimeInitArgs* args, HostAllocator (*adapt)()) {
  const MutexLock lock(g_mutex);
  if (g_users != 0) {
    ++g_users;
    return true;
  }
  const Status started =
      args != nullptr ? Start(MakeAllocator(*args, adapt), args)
                      : Status(Error::Format("wasm_runtime_full_init needs its RuntimeInitArgs"));
  if (started.ok()) {
    ++g_users;
  } else {
    Log(WASM_LOG_LEVEL_ERROR, started.error());
  }
  return started.ok();
}

// For tenon.h, which reports errors into a buffer and refuses a second initialisation.
bool InitialiseWith(Result<Allocator*> (*make)(const void*, std::uint64_t), const void* what,
                    std::uint64_t size, const RuntimeInitArgs* args, char* error_buf,
                    std::uint32_t error_buf_size) {
  const MutexLock lock(g_mutex);
  const Status started = g_users != 0 ? Status(Error::Format("the runtime is already initialised"))
                                      : Start(make(what, size), args);
  if (started.ok()) {
    ++g_users;
  } else {
    Report(error_buf, error_buf_size, started.error().text());
  }
  return started.ok();
}

std::uint32_t VersionOf(const std::uint8_t* bytes, std::uint32_t size) {
  container::Header header;
  if (bytes == nullptr || size < sizeof header) return 0;
  std::memcpy(&header, bytes, sizeof header);
  return std::memcmp(header.magic, container::kMagic, sizeof header.magic) == 0
             ? header.format_version
             : 0;
}

}  // namespace

bool IsInitialised() { return g_users.load(std::memory_order_relaxed) != 0; }

log_level_t LogLevel() { return g_log_level; }

void Log(log_level_t level, const Error& sentence) {
  if (g_log_level >= level) std::fprintf(stderr, "tenon: %s\n", sentence.text());
}

}  // namespace tenon::runtime

using namespace tenon;           // NOLINT: these functions translate between the two worlds
using namespace tenon::runtime;  // NOLINT

#undef wasm_runtime_full_init

extern "C" {

bool wasm_runtime_init(void) {
  RuntimeInitArgs args{};
  args.mem_alloc_type = Alloc_With_System_Allocator;
  return Initialise(&args, nullptr);
}

bool wasm_runtime_full_init(RuntimeInitArgs* init_args) {
  return Initialise(init_args, &AdaptWamr<PlainForm>);
}
WASM_RUNTIME_API_EXTERN bool wasm_runtime_full_init_with_user_data(RuntimeInitArgs* init_args) {
  return Initialise(init_args, &AdaptWamr<UserDataForm>);
}
WASM_RUNTIME_API_EXTERN bool wasm_runtime_full_init_with_usage(RuntimeInitArgs* init_args) {
  return Initialise(init_args, &AdaptWamr<UsageForm>);
}

bool tenon_init_with_pool(void* buffer, uint64_t size, const RuntimeInitArgs* args, char* error_buf,
                          uint32_t error_buf_size) {
  const auto make = [](const void* what, std::uint64_t bytes) -> Result<Allocator*> {
    if (bytes > std::numeric_limits<std::size_t>::max())
      return Error::Format("the pool is larger than the address space");
    return what == nullptr
               ? MakeReservedPoolAllocator(static_cast<std::size_t>(bytes))
               : MakePoolAllocator(const_cast<void*>(what), static_cast<std::size_t>(bytes));
  };
  return InitialiseWith(make, buffer, size, args, error_buf, error_buf_size);
}

bool tenon_init_with_allocator(const tenon_allocator_t* allocator, const RuntimeInitArgs* args,
                               char* error_buf, uint32_t error_buf_size) {
  const auto make = [](const void* what, std::uint64_t) -> Result<Allocator*> {
    if (what == nullptr) return Error::Format("tenon_init_with_allocator needs its allocator");
    g_host = *static_cast<const tenon_allocator_t*>(what);
    if (g_host.allocate == nullptr || g_host.release == nullptr)
      return Error::Format("an allocator needs allocate and release");
    return MakeHostAllocator(AdaptTenon());
  };
  return InitialiseWith(make, allocator, 0, args, error_buf, error_buf_size);
}

void wasm_runtime_destroy(void) {
  const MutexLock lock(g_mutex);
  if (g_users == 1) {
    if (IsRunning(nullptr)) {
      return Log(WASM_LOG_LEVEL_ERROR,
                 Error::Format("wasm_runtime_destroy: nothing is destroyed while wasm code runs"));
    }
    End();
  }
  if (g_users != 0) --g_users;
}

void wasm_runtime_set_log_level(log_level_t level) { g_log_level = level; }
bool wasm_runtime_is_running_mode_supported(RunningMode) { return false; }

void wasm_runtime_get_version(uint32_t* major, uint32_t* minor, uint32_t* patch) {
  // Of the interface.
  if (major != nullptr) *major = 2;
  if (minor != nullptr) *minor = 4;
  if (patch != nullptr) *patch = 3;
}

void* wasm_runtime_malloc(unsigned int size) {
  return IsInitialised() ? Allocate(Category::kRuntime, size) : nullptr;
}

void* wasm_runtime_aligned_alloc(unsigned int size, unsigned int alignment) {
  const bool good = alignment != 0 && (alignment & (alignment - 1)) == 0 &&
                    alignment <= os::PageSize() && size != 0 && size % alignment == 0 &&
                    IsInitialised();
  return good ? AllocateRaw(LedgerOf(Category::kRuntime), size, alignment) : nullptr;
}

void* wasm_runtime_realloc(void* ptr, unsigned int size) {
  if (ptr == nullptr || !IsInitialised()) return wasm_runtime_malloc(size);
  return Resize(ptr, size);
}

void wasm_runtime_free(void* ptr) {
  if (IsInitialised()) Free(ptr);  // else it has gone with the runtime, or never was
}

bool wasm_runtime_get_mem_alloc_info(mem_alloc_info_t* mem_alloc_info) {
  const Capacity capacity = CurrentAllocator().capacity();
  if (!capacity.is_bounded || mem_alloc_info == nullptr) return false;
  const auto clamp = [](std::uint64_t value) {
    return static_cast<std::uint32_t>(value < 0xFFFFFFFF ? value : 0xFFFFFFFF);
  };
  mem_alloc_info->total_size = clamp(capacity.total);
  mem_alloc_info->total_free_size = clamp(capacity.free);
  mem_alloc_info->highmark_size = clamp(capacity.peak);
  return true;
}

package_type_t get_package_type(const uint8_t* buf, uint32_t size) {
  if (VersionOf(buf, size) != 0) return Wasm_Module_AoT;
  static constexpr std::uint8_t kWasm[] = {0, 'a', 's', 'm'};
  if (buf != nullptr && size >= sizeof kWasm && std::memcmp(buf, kWasm, sizeof kWasm) == 0)
    return Wasm_Module_Bytecode;
  return Package_Type_Unknown;
}
package_type_t wasm_runtime_get_file_package_type(const uint8_t* buf, uint32_t size) {
  return get_package_type(buf, size);
}
package_type_t wasm_runtime_get_module_package_type(const wasm_module_t module) {
  return module != nullptr ? Wasm_Module_AoT : Package_Type_Unknown;
}
uint32_t wasm_runtime_get_file_package_version(const uint8_t* buf, uint32_t size) {
  return VersionOf(buf, size);
}
uint32_t wasm_runtime_get_module_package_version(const wasm_module_t module) {
  return module != nullptr ? module->view().header().format_version : 0;
}
uint32_t wasm_runtime_get_current_package_version(package_type_t package_type) {
  return package_type == Wasm_Module_AoT ? container::kFormatVersion : 0;
}
bool wasm_runtime_is_xip_file(const uint8_t* buf, uint32_t size) {
  return VersionOf(buf, size) != 0;
}

}  // extern "C"
