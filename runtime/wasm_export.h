/* The C interface of libtenon: source-compatible with WAMR 2.4's wasm_export.h for
 * what is declared here, so that an existing host recompiles unchanged. Functions that
 * an ahead-of-time runtime cannot offer are left out, so that their use fails at
 * compile time. What goes beyond WAMR's interface is in tenon.h.
 *
 * No C++ exception crosses this interface. error_buf gets a whole sentence.
 */
#ifndef TENON_WASM_EXPORT_H
#define TENON_WASM_EXPORT_H

#include <stdbool.h>
#include <stdint.h>

#ifndef WASM_RUNTIME_API_EXTERN
#define WASM_RUNTIME_API_EXTERN __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct WASMModuleCommon;
typedef struct WASMModuleCommon* wasm_module_t;
struct WASMModuleInstanceCommon;
typedef struct WASMModuleInstanceCommon* wasm_module_inst_t;
typedef void WASMFunctionInstanceCommon;
typedef WASMFunctionInstanceCommon* wasm_function_inst_t;
struct WASMExecEnv;
typedef struct WASMExecEnv* wasm_exec_env_t;

typedef struct NativeSymbol {
  const char* symbol;
  void* func_ptr;
  /* "(iIfF*~$)r": WAMR's letters. '*', '~' and '$' are passed as i32 application
   * addresses' native addresses in WAMR; Tenon refuses them for now. */
  const char* signature;
  void* attachment;
} NativeSymbol;

typedef enum {
  Alloc_With_Pool = 0,
  Alloc_With_Allocator,
  Alloc_With_System_Allocator,
} mem_alloc_type_t;

typedef union MemAllocOption {
  struct {
    void* heap_buf;
    uint32_t heap_size;
  } pool;
  struct {
    void* malloc_func;
    void* realloc_func;
    void* free_func;
    void* user_data;
  } allocator;
} MemAllocOption;

typedef enum {
  Mode_Interp = 1,
  Mode_Fast_JIT,
  Mode_LLVM_JIT,
  Mode_Multi_Tier_JIT,
} RunningMode;

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

WASM_RUNTIME_API_EXTERN bool wasm_runtime_init(void);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_full_init(RuntimeInitArgs* init_args);
WASM_RUNTIME_API_EXTERN void wasm_runtime_destroy(void);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_register_natives(const char* module_name,
                                                           NativeSymbol* native_symbols,
                                                           uint32_t n_native_symbols);
/* `buf` must outlive the module. */
WASM_RUNTIME_API_EXTERN wasm_module_t wasm_runtime_load(uint8_t* buf, uint32_t size,
                                                        char* error_buf, uint32_t error_buf_size);
WASM_RUNTIME_API_EXTERN void wasm_runtime_unload(wasm_module_t module);
/* heap_size must be 0: Tenon puts no heap of the host's into linear memory. */
WASM_RUNTIME_API_EXTERN wasm_module_inst_t wasm_runtime_instantiate(const wasm_module_t module,
                                                                    uint32_t default_stack_size,
                                                                    uint32_t host_managed_heap_size,
                                                                    char* error_buf,
                                                                    uint32_t error_buf_size);
WASM_RUNTIME_API_EXTERN void wasm_runtime_deinstantiate(wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN wasm_function_inst_t
wasm_runtime_lookup_function(const wasm_module_inst_t module_inst, const char* name);
WASM_RUNTIME_API_EXTERN wasm_exec_env_t wasm_runtime_create_exec_env(wasm_module_inst_t module_inst,
                                                                     uint32_t stack_size);
WASM_RUNTIME_API_EXTERN void wasm_runtime_destroy_exec_env(wasm_exec_env_t exec_env);
/* argv: 32-bit cells, 64-bit values in two; results replace the arguments. */
WASM_RUNTIME_API_EXTERN bool wasm_runtime_call_wasm(wasm_exec_env_t exec_env,
                                                    wasm_function_inst_t function, uint32_t argc,
                                                    uint32_t argv[]);
WASM_RUNTIME_API_EXTERN wasm_module_inst_t wasm_runtime_get_module_inst(wasm_exec_env_t exec_env);
WASM_RUNTIME_API_EXTERN const char* wasm_runtime_get_exception(wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_exception(wasm_module_inst_t module_inst,
                                                        const char* exception);
WASM_RUNTIME_API_EXTERN void wasm_runtime_clear_exception(wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN uint32_t wasm_runtime_get_wasi_exit_code(wasm_module_inst_t module_inst);
WASM_RUNTIME_API_EXTERN bool wasm_runtime_validate_app_addr(wasm_module_inst_t module_inst,
                                                            uint64_t app_offset, uint64_t size);
WASM_RUNTIME_API_EXTERN void* wasm_runtime_addr_app_to_native(wasm_module_inst_t module_inst,
                                                              uint64_t app_offset);
WASM_RUNTIME_API_EXTERN void wasm_runtime_set_custom_data(wasm_module_inst_t module_inst,
                                                          void* custom_data);
WASM_RUNTIME_API_EXTERN void* wasm_runtime_get_custom_data(wasm_module_inst_t module_inst);

#ifdef __cplusplus
}
#endif
#endif
