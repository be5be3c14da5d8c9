/* The C interface of libtenon. It is source-compatible with WAMR 2.4's header of the same name for
 * what an ahead-of-time runtime can do, so that an existing host recompiles unchanged. What Tenon
 * cannot offer is not declared, so that its use fails at compile time;
 * runtime/wasm_export/WASM_EXPORT.md lists every function, and why some are left out. What goes
 * beyond that interface is in tenon.h.
 *
 * Rules for all functions: no C++ exception leaves them; error_buf gets a whole sentence, cut at
 * its end; pointers to handles must not be NULL unless a function says so. Several threads may use
 * a module at once, but only one at a time an instance and its execution environments, except where
 * a function says otherwise.
 */
#ifndef _WASM_EXPORT_H
#define _WASM_EXPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib_export.h"

#ifndef WASM_RUNTIME_API_EXTERN
#if defined(__GNUC__) || defined(__clang__)
#define WASM_RUNTIME_API_EXTERN __attribute__((visibility("default")))
#else
#define WASM_RUNTIME_API_EXTERN
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Short forms for native functions that have a `module_inst`. */
#define get_module_inst(exec_env) wasm_runtime_get_module_inst(exec_env)
#define validate_app_addr(offset, size) wasm_runtime_validate_app_addr(module_inst, offset, size)
#define validate_app_str_addr(offset) wasm_runtime_validate_app_str_addr(module_inst, offset)
#define addr_app_to_native(offset) wasm_runtime_addr_app_to_native(module_inst, offset)
#define addr_native_to_app(ptr) wasm_runtime_addr_native_to_app(module_inst, ptr)
#define module_malloc(size, p_native_addr) \
  wasm_runtime_module_malloc(module_inst, size, p_native_addr)
#define module_free(offset) wasm_runtime_module_free(module_inst, offset)
/* For raw native functions, `void f(wasm_exec_env_t, uint64_t* args)`. */
#define native_raw_return_type(type, args) type* raw_ret = (type*)(args)
#define native_raw_get_arg(type, name, args) type name = *((type*)(args++))
#define native_raw_set_return(val) *raw_ret = (val)

/* ---- Handles and plain types. */
#ifndef WASM_MODULE_T_DEFINED
#define WASM_MODULE_T_DEFINED
struct WASMModuleCommon;
typedef struct WASMModuleCommon* wasm_module_t;
#endif
struct WASMModuleInstanceCommon;
typedef struct WASMModuleInstanceCommon* wasm_module_inst_t;
typedef void WASMFunctionInstanceCommon;
typedef WASMFunctionInstanceCommon* wasm_function_inst_t;
struct WASMMemoryInstance;
typedef struct WASMMemoryInstance* wasm_memory_inst_t;
struct WASMExecEnv;
typedef struct WASMExecEnv* wasm_exec_env_t;
struct WASMFuncType;
typedef struct WASMFuncType* wasm_func_type_t;
struct WASMTableType;
typedef struct WASMTableType* wasm_table_type_t;
struct WASMGlobalType;
typedef struct WASMGlobalType* wasm_global_type_t;
#ifndef WASM_MEMORY_T_DEFINED
#define WASM_MEMORY_T_DEFINED
struct WASMMemory;
typedef struct WASMMemory WASMMemoryType;
#endif
typedef WASMMemoryType* wasm_memory_type_t;

typedef enum {
  WASM_IMPORT_EXPORT_KIND_FUNC,
  WASM_IMPORT_EXPORT_KIND_TABLE,
  WASM_IMPORT_EXPORT_KIND_MEMORY,
  WASM_IMPORT_EXPORT_KIND_GLOBAL
} wasm_import_export_kind_t;

typedef struct wasm_import_t {
  const char* module_name;
  const char* name;
  wasm_import_export_kind_t kind;
  bool linked;
  union {
    wasm_func_type_t func_type;
    wasm_table_type_t table_type;
    wasm_global_type_t global_type;
    wasm_memory_type_t memory_type;
  } u;
} wasm_import_t;

typedef struct wasm_export_t {
  const char* name;
  wasm_import_export_kind_t kind;
  union {
    wasm_func_type_t func_type;
    wasm_table_type_t table_type;
    wasm_global_type_t global_type;
    wasm_memory_type_t memory_type;
  } u;
} wasm_export_t;

typedef struct wasm_frame_t {
  void* instance;
  uint32_t module_offset;
  uint32_t func_index;
  uint32_t func_offset;
  const char* func_name_wp;
  uint32_t* sp;
  uint8_t* frame_ref;
  uint32_t* lp;
} WASMCApiFrame;

typedef enum {
  Wasm_Module_Bytecode = 0,
  Wasm_Module_AoT,
  Package_Type_Unknown = 0xFFFF
} package_type_t;

#ifndef MEM_ALLOC_OPTION_DEFINED
#define MEM_ALLOC_OPTION_DEFINED
typedef enum {
  Alloc_With_Pool = 0,         /* everything is in the host's buffer */
  Alloc_With_Allocator,        /* everything comes from the host's functions */
  Alloc_With_System_Allocator, /* malloc and anonymous mappings */
} mem_alloc_type_t;

typedef enum { Alloc_For_Runtime, Alloc_For_LinearMemory } mem_alloc_usage_t;

typedef union MemAllocOption {
  /* heap_buf NULL: Tenon maps a pool of heap_size bytes itself; linear memories then have guard
   * pages and count towards the same size. */
  struct {
    void* heap_buf;
    uint32_t heap_size;
  } pool;
  /* void* malloc(unsigned size), void* realloc(void*, unsigned size), void free(void*).
   * With WASM_MEM_ALLOC_WITH_USER_DATA defined as 1 where this header is included, user_data comes
   * first in each; with WASM_MEM_ALLOC_WITH_USAGE, mem_alloc_usage_t before that. For sizes of
   * 64 bits and the categories, see tenon_init_with_allocator. */
  struct {
    void* malloc_func;
    void* realloc_func;
    void* free_func;
    void* user_data;
  } allocator;
} MemAllocOption;
#endif

typedef struct mem_alloc_info_t {
  uint32_t total_size;
  uint32_t total_free_size;
  uint32_t highmark_size;
} mem_alloc_info_t;

typedef enum RunningMode {
  Mode_Interp = 1,
  Mode_Fast_JIT,
  Mode_LLVM_JIT,
  Mode_Multi_Tier_JIT,
} RunningMode;

/* Fields about interpreters, JITs, GC heaps and debuggers exist for compatibility and are not
 * read. */
typedef struct RuntimeInitArgs {
  mem_alloc_type_t mem_alloc_type;
  MemAllocOption mem_alloc_option;
  const char* native_module_name;
  NativeSymbol* native_symbols;
  uint32_t n_native_symbols;
  uint32_t max_thread_num;
  char ip_addr[128];
  int unused;
  int instance_port;
  uint32_t fast_jit_code_cache_size;
  uint32_t gc_heap_size;
  RunningMode running_mode;
  uint32_t llvm_jit_opt_level;
  uint32_t llvm_jit_size_level;
  uint32_t segue_flags;
  bool enable_linux_perf;
} RuntimeInitArgs;

#ifndef LOAD_ARGS_OPTION_DEFINED
#define LOAD_ARGS_OPTION_DEFINED
typedef struct LoadArgs {
  char* name; /* as wasm_runtime_set_module_name; may be NULL */
  bool clone_wasm_binary;
  bool wasm_binary_freeable; /* keep a copy: `buf` may be freed after loading */
  bool no_resolve;           /* imports are resolved at instantiation in any case */
} LoadArgs;
#endif

#ifndef INSTANTIATION_ARGS_OPTION_DEFINED
#define INSTANTIATION_ARGS_OPTION_DEFINED
typedef struct InstantiationArgs {
  uint32_t default_stack_size;     /* bytes; 0: a default */
  uint32_t host_managed_heap_size; /* bytes for wasm_runtime_module_malloc; 0: none */
  uint32_t max_memory_pages;       /* 0: as the module says */
} InstantiationArgs;
#endif
struct InstantiationArgs2;

#ifndef WASM_VALKIND_T_DEFINED
#define WASM_VALKIND_T_DEFINED
typedef uint8_t wasm_valkind_t;
enum wasm_valkind_enum {
  WASM_I32,
  WASM_I64,
  WASM_F32,
  WASM_F64,
  WASM_V128,
  WASM_EXTERNREF = 128,
  WASM_FUNCREF,
};
#endif

#ifndef WASM_VAL_T_DEFINED
#define WASM_VAL_T_DEFINED
struct wasm_ref_t;
typedef struct wasm_val_t {
  wasm_valkind_t kind;
  uint8_t _paddings[7];
  union {
    int32_t i32; /* also the function index of a funcref, 0xFFFFFFFF for null */
    int64_t i64;
    float f32;
    double f64;
    uintptr_t foreign; /* the host's object behind an externref */
    struct wasm_ref_t* ref;
  } of;
} wasm_val_t;
#endif

typedef struct wasm_global_inst_t {
  wasm_valkind_t kind;
  bool is_mutable;
  void* global_data;
} wasm_global_inst_t;

typedef struct wasm_table_inst_t {
  wasm_valkind_t elem_kind;
  uint32_t cur_size;
  uint32_t max_size;
  void* elems; /* only for wasm_table_get_func_inst */
} wasm_table_inst_t;

typedef enum {
  WASM_LOG_LEVEL_FATAL = 0,
  WASM_LOG_LEVEL_ERROR = 1,
  WASM_LOG_LEVEL_WARNING = 2,
  WASM_LOG_LEVEL_DEBUG = 3,
  WASM_LOG_LEVEL_VERBOSE = 4
} log_level_t;

/* ---- The runtime. Initialisations are counted; the last wasm_runtime_destroy ends it. */

/* With the system's allocator. */
WASM_RUNTIME_API_EXTERN bool wasm_runtime_init(void);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_full_init(RuntimeInitArgs* init_args);
/* After the last one no memory is in use any more, whatever the host has not freed. */
WASM_RUNTIME_API_EXTERN void wasm_runtime_destroy(void);
/* What is printed to standard error: nothing below WARNING; at WARNING, the default, functions that
 * nothing supplies. */
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_log_level(log_level_t level);
/* Tenon runs compiled code only: false for every mode that has a name. */
WASM_RUNTIME_API_EXTERN bool wasm_runtime_is_running_mode_supported(RunningMode running_mode);
WASM_RUNTIME_API_EXTERN void wasm_runtime_get_version(uint32_t* major, uint32_t* minor,
                                                      uint32_t* patch);

/* ---- Memory of the allocator in use, in the runtime category. */
WASM_RUNTIME_API_EXTERN void* wasm_runtime_malloc(unsigned int size);
/* `alignment` is a power of two of at most a page, `size` a multiple of it. */
WASM_RUNTIME_API_EXTERN void* wasm_runtime_aligned_alloc(unsigned int size, unsigned int alignment);
WASM_RUNTIME_API_EXTERN void* wasm_runtime_realloc(void* ptr, unsigned int size);
WASM_RUNTIME_API_EXTERN void wasm_runtime_free(void* ptr);
/* Of a pool; false without one. Numbers above 4 GiB are cut to that. */
WASM_RUNTIME_API_EXTERN bool wasm_runtime_get_mem_alloc_info(mem_alloc_info_t* mem_alloc_info);

/* ---- Files. */
WASM_RUNTIME_API_EXTERN package_type_t get_package_type(const uint8_t* buf, uint32_t size);
WASM_RUNTIME_API_EXTERN package_type_t wasm_runtime_get_file_package_type(const uint8_t* buf,
                                                                          uint32_t size);
WASM_RUNTIME_API_EXTERN package_type_t
wasm_runtime_get_module_package_type(const wasm_module_t module);
/* Of Tenon's container; 0 for anything else. */
WASM_RUNTIME_API_EXTERN uint32_t wasm_runtime_get_file_package_version(const uint8_t* buf,
                                                                       uint32_t size);
WASM_RUNTIME_API_EXTERN uint32_t
wasm_runtime_get_module_package_version(const wasm_module_t module);
WASM_RUNTIME_API_EXTERN uint32_t
wasm_runtime_get_current_package_version(package_type_t package_type);
/* Every container can be used in place: true for all of them. */
WASM_RUNTIME_API_EXTERN bool wasm_runtime_is_xip_file(const uint8_t* buf, uint32_t size);

/* ---- Modules. */

/* `buf` is used in place, so it must be 8-byte aligned and outlive the module. */
WASM_RUNTIME_API_EXTERN wasm_module_t wasm_runtime_load(uint8_t* buf, uint32_t size,
                                                        char* error_buf, uint32_t error_buf_size);
WASM_RUNTIME_API_EXTERN wasm_module_t wasm_runtime_load_ex(uint8_t* buf, uint32_t size,
                                                           const LoadArgs* args, char* error_buf,
                                                           uint32_t error_buf_size);
/* Whether every function import has a native or a registered module by now. */
WASM_RUNTIME_API_EXTERN bool wasm_runtime_resolve_symbols(wasm_module_t module);
/* After its instances. NULL is allowed. */
WASM_RUNTIME_API_EXTERN void wasm_runtime_unload(wasm_module_t module);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_is_underlying_binary_freeable(const wasm_module_t module);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_set_module_name(wasm_module_t module, const char* name,
                                                          char* error_buf, uint32_t error_buf_size);
/* "" if none was ever set. */
WASM_RUNTIME_API_EXTERN const char* wasm_runtime_get_module_name(wasm_module_t module);
/* NULL if there is none of that name. */
WASM_RUNTIME_API_EXTERN const uint8_t* wasm_runtime_get_custom_section(
    const wasm_module_t module_comm, const char* name, uint32_t* len);

/* Modules that others import from, by name. An instance of an importing module has instances of its
 * own of what it imports from. The name is copied. */
WASM_RUNTIME_API_EXTERN bool wasm_runtime_register_module(const char* module_name,
                                                          wasm_module_t module, char* error_buf,
                                                          uint32_t error_buf_size);
WASM_RUNTIME_API_EXTERN wasm_module_t wasm_runtime_find_module_registered(const char* module_name);
/* `reader` is asked for modules that are imported and not registered. What it returns is
 * registered, and passed to `destroyer` when the runtime is destroyed. */
typedef bool (*module_reader)(package_type_t module_type, const char* module_name,
                              uint8_t** p_buffer, uint32_t* p_size);
typedef void (*module_destroyer)(uint8_t* buffer, uint32_t size);
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_module_reader(const module_reader reader,
                                                            const module_destroyer destroyer);

/* ---- What a module imports and exports. */
WASM_RUNTIME_API_EXTERN int32_t wasm_runtime_get_import_count(const wasm_module_t module);
WASM_RUNTIME_API_EXTERN void wasm_runtime_get_import_type(const wasm_module_t module,
                                                          int32_t import_index,
                                                          wasm_import_t* import_type);
WASM_RUNTIME_API_EXTERN int32_t wasm_runtime_get_export_count(const wasm_module_t module);
WASM_RUNTIME_API_EXTERN void wasm_runtime_get_export_type(const wasm_module_t module,
                                                          int32_t export_index,
                                                          wasm_export_t* export_type);
WASM_RUNTIME_API_EXTERN uint32_t wasm_func_type_get_param_count(const wasm_func_type_t func_type);
WASM_RUNTIME_API_EXTERN wasm_valkind_t
wasm_func_type_get_param_valkind(const wasm_func_type_t func_type, uint32_t param_index);
WASM_RUNTIME_API_EXTERN uint32_t wasm_func_type_get_result_count(const wasm_func_type_t func_type);
WASM_RUNTIME_API_EXTERN wasm_valkind_t
wasm_func_type_get_result_valkind(const wasm_func_type_t func_type, uint32_t result_index);
WASM_RUNTIME_API_EXTERN wasm_valkind_t
wasm_global_type_get_valkind(const wasm_global_type_t global_type);
WASM_RUNTIME_API_EXTERN bool wasm_global_type_get_mutable(const wasm_global_type_t global_type);
WASM_RUNTIME_API_EXTERN bool wasm_memory_type_get_shared(const wasm_memory_type_t memory_type);
WASM_RUNTIME_API_EXTERN uint32_t
wasm_memory_type_get_init_page_count(const wasm_memory_type_t memory_type);
WASM_RUNTIME_API_EXTERN uint32_t
wasm_memory_type_get_max_page_count(const wasm_memory_type_t memory_type);
WASM_RUNTIME_API_EXTERN wasm_valkind_t
wasm_table_type_get_elem_kind(const wasm_table_type_t table_type);
WASM_RUNTIME_API_EXTERN bool wasm_table_type_get_shared(const wasm_table_type_t table_type);
WASM_RUNTIME_API_EXTERN uint32_t wasm_table_type_get_init_size(const wasm_table_type_t table_type);
WASM_RUNTIME_API_EXTERN uint32_t wasm_table_type_get_max_size(const wasm_table_type_t table_type);

/* ---- Native functions. */
WASM_RUNTIME_API_EXTERN bool wasm_runtime_register_natives(const char* module_name,
                                                           NativeSymbol* native_symbols,
                                                           uint32_t n_native_symbols);
/* For functions of the raw form: every parameter and the result in a 64-bit cell. */
WASM_RUNTIME_API_EXTERN bool wasm_runtime_register_natives_raw(const char* module_name,
                                                               NativeSymbol* native_symbols,
                                                               uint32_t n_native_symbols);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_unregister_natives(const char* module_name,
                                                             NativeSymbol* native_symbols);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_is_import_func_linked(const char* module_name,
                                                                const char* func_name);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_is_import_global_linked(const char* module_name,
                                                                  const char* global_name);
/* In a native function: the `attachment` it was registered with. */
WASM_RUNTIME_API_EXTERN void* wasm_runtime_get_function_attachment(wasm_exec_env_t exec_env);

/* ---- WASI. The arrays and strings must live until the module's last instantiation. */
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_wasi_args(wasm_module_t module,
                                                        const char* dir_list[], uint32_t dir_count,
                                                        const char* map_dir_list[],
                                                        uint32_t map_dir_count, const char* env[],
                                                        uint32_t env_count, char* argv[], int argc);
/* A descriptor of -1 stands for the process's own. */
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_wasi_args_ex(
    wasm_module_t module, const char* dir_list[], uint32_t dir_count, const char* map_dir_list[],
    uint32_t map_dir_count, const char* env[], uint32_t env_count, char* argv[], int argc,
    int64_t stdinfd, int64_t stdoutfd, int64_t stderrfd);
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_wasi_addr_pool(wasm_module_t module,
                                                             const char* addr_pool[],
                                                             uint32_t addr_pool_size);
/* Names a program may resolve. Tenon gives programs no function that resolves names, so nothing is
 * ever looked up, whatever the pool. */
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_wasi_ns_lookup_pool(wasm_module_t module,
                                                                  const char* ns_lookup_pool[],
                                                                  uint32_t ns_lookup_pool_size);
/* Whether the module imports from WASI. */
WASM_RUNTIME_API_EXTERN bool wasm_runtime_is_wasi_mode(wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN wasm_function_inst_t
wasm_runtime_lookup_wasi_start_function(wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN uint32_t wasm_runtime_get_wasi_exit_code(wasm_module_inst_t module_inst);

/* ---- Instances. */
WASM_RUNTIME_API_EXTERN wasm_module_inst_t wasm_runtime_instantiate(const wasm_module_t module,
                                                                    uint32_t default_stack_size,
                                                                    uint32_t host_managed_heap_size,
                                                                    char* error_buf,
                                                                    uint32_t error_buf_size);
WASM_RUNTIME_API_EXTERN wasm_module_inst_t
wasm_runtime_instantiate_ex(const wasm_module_t module, const InstantiationArgs* args,
                            char* error_buf, uint32_t error_buf_size);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_instantiation_args_create(struct InstantiationArgs2** p);
WASM_RUNTIME_API_EXTERN void wasm_runtime_instantiation_args_destroy(struct InstantiationArgs2* p);
WASM_RUNTIME_API_EXTERN void wasm_runtime_instantiation_args_set_default_stack_size(
    struct InstantiationArgs2* p, uint32_t v);
WASM_RUNTIME_API_EXTERN void wasm_runtime_instantiation_args_set_host_managed_heap_size(
    struct InstantiationArgs2* p, uint32_t v);
WASM_RUNTIME_API_EXTERN void wasm_runtime_instantiation_args_set_max_memory_pages(
    struct InstantiationArgs2* p, uint32_t v);
WASM_RUNTIME_API_EXTERN void wasm_runtime_instantiation_args_set_custom_data(
    struct InstantiationArgs2* p, void* custom_data);
/* If one of these is called, all five replace what is set on the module. */
WASM_RUNTIME_API_EXTERN void wasm_runtime_instantiation_args_set_wasi_arg(
    struct InstantiationArgs2* p, char* argv[], int argc);
WASM_RUNTIME_API_EXTERN void wasm_runtime_instantiation_args_set_wasi_env(
    struct InstantiationArgs2* p, const char* env[], uint32_t env_count);
WASM_RUNTIME_API_EXTERN void wasm_runtime_instantiation_args_set_wasi_dir(
    struct InstantiationArgs2* p, const char* dir_list[], uint32_t dir_count,
    const char* map_dir_list[], uint32_t map_dir_count);
WASM_RUNTIME_API_EXTERN void wasm_runtime_instantiation_args_set_wasi_stdio(
    struct InstantiationArgs2* p, int64_t stdinfd, int64_t stdoutfd, int64_t stderrfd);
WASM_RUNTIME_API_EXTERN void wasm_runtime_instantiation_args_set_wasi_addr_pool(
    struct InstantiationArgs2* p, const char* addr_pool[], uint32_t addr_pool_size);
WASM_RUNTIME_API_EXTERN wasm_module_inst_t
wasm_runtime_instantiate_ex2(const wasm_module_t module, const struct InstantiationArgs2* args,
                             char* error_buf, uint32_t error_buf_size);
/* Its execution environments may be destroyed before or after it, but must not be used after it.
 * NULL is allowed. */
WASM_RUNTIME_API_EXTERN void wasm_runtime_deinstantiate(wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN wasm_module_t wasm_runtime_get_module(wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_custom_data(wasm_module_inst_t module_inst,
                                                          void* custom_data);
WASM_RUNTIME_API_EXTERN void* wasm_runtime_get_custom_data(wasm_module_inst_t module_inst);
/* Keys for one pointer per instance, eight at most; NULL if they are used up. `dtor` is called with
 * each pointer that is not NULL when its instance is freed. */
WASM_RUNTIME_API_EXTERN void* wasm_runtime_create_context_key(void (*dtor)(wasm_module_inst_t inst,
                                                                           void* ctx));
WASM_RUNTIME_API_EXTERN void wasm_runtime_destroy_context_key(void* key);
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_context(wasm_module_inst_t inst, void* key,
                                                      void* ctx);
/* For the instance and for those of its spawned environments. */
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_context_spread(wasm_module_inst_t inst, void* key,
                                                             void* ctx);
WASM_RUNTIME_API_EXTERN void* wasm_runtime_get_context(wasm_module_inst_t inst, void* key);

/* ---- Functions. */
/* NULL if no function is exported by that name. */
WASM_RUNTIME_API_EXTERN wasm_function_inst_t
wasm_runtime_lookup_function(const wasm_module_inst_t module_inst, const char* name);
WASM_RUNTIME_API_EXTERN uint32_t wasm_func_get_param_count(const wasm_function_inst_t func_inst,
                                                           const wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN uint32_t wasm_func_get_result_count(const wasm_function_inst_t func_inst,
                                                            const wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN void wasm_func_get_param_types(const wasm_function_inst_t func_inst,
                                                       const wasm_module_inst_t module_inst,
                                                       wasm_valkind_t* param_types);
WASM_RUNTIME_API_EXTERN void wasm_func_get_result_types(const wasm_function_inst_t func_inst,
                                                        const wasm_module_inst_t module_inst,
                                                        wasm_valkind_t* result_types);

/* ---- Execution environments: a native stack for wasm code. Each is used by one thread at a time.
 */

/* stack_size in bytes, 0 for the instance's default; rounded up to what any compiled code needs.
 * NULL if there is no memory. */
WASM_RUNTIME_API_EXTERN wasm_exec_env_t wasm_runtime_create_exec_env(wasm_module_inst_t module_inst,
                                                                     uint32_t stack_size);
WASM_RUNTIME_API_EXTERN void wasm_runtime_destroy_exec_env(wasm_exec_env_t exec_env);
/* The instance's own, made when it is first asked for. */
WASM_RUNTIME_API_EXTERN wasm_exec_env_t
wasm_runtime_get_exec_env_singleton(wasm_module_inst_t module_inst);
/* In a native function: the instance that called it; otherwise the environment's. */
WASM_RUNTIME_API_EXTERN wasm_module_inst_t wasm_runtime_get_module_inst(wasm_exec_env_t exec_env);
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_module_inst(wasm_exec_env_t exec_env,
                                                          const wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_user_data(wasm_exec_env_t exec_env, void* user_data);
WASM_RUNTIME_API_EXTERN void* wasm_runtime_get_user_data(wasm_exec_env_t exec_env);
/* The lowest address of the host's stack that native functions may use. The two functions below
 * compare with it, and return true if it was not set. */
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_native_stack_boundary(wasm_exec_env_t exec_env,
                                                                    uint8_t* native_stack_boundary);
/* False, and an exception is set, if the host's stack has less than `required_size` left. */
WASM_RUNTIME_API_EXTERN bool wasm_runtime_detect_native_stack_overflow_size(
    wasm_exec_env_t exec_env, uint32_t required_size);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_detect_native_stack_overflow(wasm_exec_env_t exec_env);
/* Threads need no preparation: these do nothing and return true. */
WASM_RUNTIME_API_EXTERN bool wasm_runtime_init_thread_env(void);
WASM_RUNTIME_API_EXTERN void wasm_runtime_destroy_thread_env(void);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_thread_env_inited(void);

/* ---- Calls. All return false if the call ended in an exception. */

/* argv: 32-bit cells, one for i32, f32 and funcref (its index), two for i64, f64 and externref (the
 * host's object), four for v128; the results replace the arguments, so it must have room for
 * both. */
WASM_RUNTIME_API_EXTERN bool wasm_runtime_call_wasm(wasm_exec_env_t exec_env,
                                                    wasm_function_inst_t function, uint32_t argc,
                                                    uint32_t argv[]);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_call_wasm_a(wasm_exec_env_t exec_env,
                                                      wasm_function_inst_t function,
                                                      uint32_t num_results, wasm_val_t results[],
                                                      uint32_t num_args, wasm_val_t* args);
/* Arguments as C passes them: int32_t, int64_t, double (for f32 too), void* for externref. */
WASM_RUNTIME_API_EXTERN bool wasm_runtime_call_wasm_v(wasm_exec_env_t exec_env,
                                                      wasm_function_inst_t function,
                                                      uint32_t num_results, wasm_val_t results[],
                                                      uint32_t num_args, ...);
/* The function in an element of the environment's instance's first table. */
WASM_RUNTIME_API_EXTERN bool wasm_runtime_call_indirect(wasm_exec_env_t exec_env,
                                                        uint32_t element_index, uint32_t argc,
                                                        uint32_t argv[]);
/* Runs `_start` of a WASI command, otherwise `main`, whose result replaces the first bytes of argv.
 * Ending by proc_exit is a success; wasm_runtime_get_wasi_exit_code has the code. */
WASM_RUNTIME_API_EXTERN bool wasm_application_execute_main(wasm_module_inst_t module_inst,
                                                           int32_t argc, char* argv[]);
/* Arguments as text; prints the results to standard output, as "0x2a:i32". */
WASM_RUNTIME_API_EXTERN bool wasm_application_execute_func(wasm_module_inst_t module_inst,
                                                           const char* name, int32_t argc,
                                                           char* argv[]);

/* ---- Exceptions. The text begins with "Exception: ". */
/* NULL if there is none. Valid until the next call into the instance. */
WASM_RUNTIME_API_EXTERN const char* wasm_runtime_get_exception(wasm_module_inst_t module_inst);
/* In a native function: unwinds its caller when it returns. NULL clears. */
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_exception(wasm_module_inst_t module_inst,
                                                        const char* exception);
WASM_RUNTIME_API_EXTERN void wasm_runtime_clear_exception(wasm_module_inst_t module_inst);
/* Ends all calls that run in the instance, from any thread: wasm code at once, a native function
 * when it returns (system calls that wait are interrupted). Later calls fail until
 * wasm_runtime_clear_exception. */
WASM_RUNTIME_API_EXTERN void wasm_runtime_terminate(wasm_module_inst_t module_inst);
/* To be called around a wait in a native function. False: the instance has been terminated. */
WASM_RUNTIME_API_EXTERN bool wasm_runtime_begin_blocking_op(wasm_exec_env_t exec_env);
WASM_RUNTIME_API_EXTERN void wasm_runtime_end_blocking_op(wasm_exec_env_t exec_env);

/* ---- Environments for further threads. Each runs an instance of its own of the same module, which
 * wasm_runtime_get_module_inst returns. It has the shared memories of the first instance;
 * everything else starts in its initial state. If the module says where its C stack is (it exports
 * __heap_base or __stack_pointer), each gets a part of it. There is one part more than the maximum
 * of threads: by default 4, or RuntimeInitArgs::max_thread_num. Modules that import tables, globals
 * or other modules' functions cannot have further environments: the result is NULL, and an
 * exception is set. An exception in one environment is its own; wasm_runtime_terminate ends all.
 * What is left is freed with the first instance. */
typedef void* (*wasm_thread_callback_t)(wasm_exec_env_t, void*);
typedef uintptr_t wasm_thread_t;
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_max_thread_num(uint32_t num);
WASM_RUNTIME_API_EXTERN wasm_exec_env_t wasm_runtime_spawn_exec_env(wasm_exec_env_t exec_env);
/* Frees its instance too. */
WASM_RUNTIME_API_EXTERN void wasm_runtime_destroy_spawned_exec_env(wasm_exec_env_t exec_env);
/* A thread that runs `callback` with an environment of its own. 0, or -1 and an exception is set.
 */
WASM_RUNTIME_API_EXTERN int32_t wasm_runtime_spawn_thread(wasm_exec_env_t exec_env,
                                                          wasm_thread_t* tid,
                                                          wasm_thread_callback_t callback,
                                                          void* arg);
/* Waits for its end; to be called once. 0, or -1 if there is no such thread. */
WASM_RUNTIME_API_EXTERN int32_t wasm_runtime_join_thread(wasm_thread_t tid, void** retval);

/* ---- Linear memory. */
WASM_RUNTIME_API_EXTERN wasm_memory_inst_t
wasm_runtime_lookup_memory(const wasm_module_inst_t module_inst, const char* name);
WASM_RUNTIME_API_EXTERN wasm_memory_inst_t
wasm_runtime_get_default_memory(const wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN wasm_memory_inst_t
wasm_runtime_get_memory(const wasm_module_inst_t module_inst, uint32_t index);
WASM_RUNTIME_API_EXTERN uint64_t
wasm_memory_get_cur_page_count(const wasm_memory_inst_t memory_inst);
WASM_RUNTIME_API_EXTERN uint64_t
wasm_memory_get_max_page_count(const wasm_memory_inst_t memory_inst);
WASM_RUNTIME_API_EXTERN uint64_t
wasm_memory_get_bytes_per_page(const wasm_memory_inst_t memory_inst);
WASM_RUNTIME_API_EXTERN bool wasm_memory_get_shared(const wasm_memory_inst_t memory_inst);
/* Growing may move it, unless the memory has guard pages. */
WASM_RUNTIME_API_EXTERN void* wasm_memory_get_base_address(const wasm_memory_inst_t memory_inst);
WASM_RUNTIME_API_EXTERN bool wasm_memory_enlarge(wasm_memory_inst_t memory_inst,
                                                 uint64_t inc_page_count);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_enlarge_memory(wasm_module_inst_t module_inst,
                                                         uint64_t inc_page_count);
typedef enum {
  INTERNAL_ERROR,
  MAX_SIZE_REACHED,
} enlarge_memory_error_reason_t;
typedef void (*enlarge_memory_error_callback_t)(uint32_t inc_page_count,
                                                uint64_t current_memory_size, uint32_t memory_index,
                                                enlarge_memory_error_reason_t failure_reason,
                                                wasm_module_inst_t instance,
                                                wasm_exec_env_t exec_env, void* user_data);
/* `callback` is called whenever a memory cannot grow; NULL: none. */
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_enlarge_mem_error_callback(
    const enlarge_memory_error_callback_t callback, void* user_data);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_is_bounds_checks_enabled(wasm_module_inst_t module_inst);

/* Memory inside linear memory: from the module's exported malloc (or AssemblyScript's __new) if it
 * has one, otherwise from the host-managed heap. 0 if there is none left. */
WASM_RUNTIME_API_EXTERN uint64_t wasm_runtime_module_malloc(wasm_module_inst_t module_inst,
                                                            uint64_t size, void** p_native_addr);
WASM_RUNTIME_API_EXTERN void wasm_runtime_module_free(wasm_module_inst_t module_inst, uint64_t ptr);
WASM_RUNTIME_API_EXTERN uint64_t wasm_runtime_module_dup_data(wasm_module_inst_t module_inst,
                                                              const char* src, uint64_t size);

/* False, and an exception is set, if the range is not inside the memory. */
WASM_RUNTIME_API_EXTERN bool wasm_runtime_validate_app_addr(wasm_module_inst_t module_inst,
                                                            uint64_t app_offset, uint64_t size);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_validate_app_str_addr(wasm_module_inst_t module_inst,
                                                                uint64_t app_str_offset);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_validate_native_addr(wasm_module_inst_t module_inst,
                                                               void* native_ptr, uint64_t size);
/* NULL and 0 for addresses outside of the memory. */
WASM_RUNTIME_API_EXTERN void* wasm_runtime_addr_app_to_native(wasm_module_inst_t module_inst,
                                                              uint64_t app_offset);
WASM_RUNTIME_API_EXTERN uint64_t wasm_runtime_addr_native_to_app(wasm_module_inst_t module_inst,
                                                                 void* native_ptr);
/* The pointers may be NULL. */
WASM_RUNTIME_API_EXTERN bool wasm_runtime_get_app_addr_range(wasm_module_inst_t module_inst,
                                                             uint64_t app_offset,
                                                             uint64_t* p_app_start_offset,
                                                             uint64_t* p_app_end_offset);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_get_native_addr_range(wasm_module_inst_t module_inst,
                                                                uint8_t* native_ptr,
                                                                uint8_t** p_native_start_addr,
                                                                uint8_t** p_native_end_addr);

/* ---- Globals and tables. */
WASM_RUNTIME_API_EXTERN bool wasm_runtime_get_export_global_inst(
    const wasm_module_inst_t module_inst, const char* name, wasm_global_inst_t* global_inst);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_get_export_table_inst(
    const wasm_module_inst_t module_inst, const char* name, wasm_table_inst_t* table_inst);
/* NULL for a null element and beyond the end. */
WASM_RUNTIME_API_EXTERN wasm_function_inst_t wasm_table_get_func_inst(
    const wasm_module_inst_t module_inst, const wasm_table_inst_t* table_inst, uint32_t idx);

/* ---- Numbers for the host's objects. In Tenon an externref is the object's address itself (NULL
 * is null), so only hosts that want numbers need these. Thread safe. */
WASM_RUNTIME_API_EXTERN bool wasm_externref_obj2ref(wasm_module_inst_t module_inst,
                                                    void* extern_obj, uint32_t* p_externref_idx);
WASM_RUNTIME_API_EXTERN bool wasm_externref_objdel(wasm_module_inst_t module_inst,
                                                   void* extern_obj);
/* The function is called when the object is deleted, or when the instance is freed unless the
 * object is retained. */
WASM_RUNTIME_API_EXTERN bool wasm_externref_set_cleanup(wasm_module_inst_t module_inst,
                                                        void* extern_obj,
                                                        void (*extern_obj_cleanup)(void*));
WASM_RUNTIME_API_EXTERN bool wasm_externref_ref2obj(uint32_t externref_idx, void** p_extern_obj);
WASM_RUNTIME_API_EXTERN bool wasm_externref_retain(uint32_t externref_idx);

/* ---- Reports. */
/* To standard output: the four categories, and this environment, its instance and its module. */
WASM_RUNTIME_API_EXTERN void wasm_runtime_dump_mem_consumption(wasm_exec_env_t exec_env);
/* The frames of the last trap or, in a native function, of its callers; innermost first. */
WASM_RUNTIME_API_EXTERN void wasm_runtime_dump_call_stack(wasm_exec_env_t exec_env);
/* Bytes that the next function writes, the NUL included. */
WASM_RUNTIME_API_EXTERN uint32_t wasm_runtime_get_call_stack_buf_size(wasm_exec_env_t exec_env);
WASM_RUNTIME_API_EXTERN uint32_t wasm_runtime_dump_call_stack_to_buf(wasm_exec_env_t exec_env,
                                                                     char* buf, uint32_t len);
/* Copies at most `length` frames, without the first `skip_n`, and returns how many. */
WASM_RUNTIME_API_EXTERN uint32_t wasm_copy_callstack(const wasm_exec_env_t exec_env,
                                                     WASMCApiFrame* buffer, const uint32_t length,
                                                     const uint32_t skip_n, char* error_buf,
                                                     uint32_t error_buf_size);

#if defined(WASM_MEM_ALLOC_WITH_USAGE) && WASM_MEM_ALLOC_WITH_USAGE != 0
WASM_RUNTIME_API_EXTERN bool wasm_runtime_full_init_with_usage(RuntimeInitArgs* init_args);
#define wasm_runtime_full_init wasm_runtime_full_init_with_usage
#elif defined(WASM_MEM_ALLOC_WITH_USER_DATA) && WASM_MEM_ALLOC_WITH_USER_DATA != 0
WASM_RUNTIME_API_EXTERN bool wasm_runtime_full_init_with_user_data(RuntimeInitArgs* init_args);
#define wasm_runtime_full_init wasm_runtime_full_init_with_user_data
#endif

#ifdef __cplusplus
}
#endif
#endif
