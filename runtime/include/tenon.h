/* What libtenon offers beyond WAMR's interface (wasm_export.h): pools and allocators of any size,
 * files mapped instead of copied, memory reports to the byte, limits, stacks of the host's. */
#ifndef TENON_TENON_H
#define TENON_TENON_H

#include <stddef.h>

#include "wasm_export.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The four categories of the memory model. Each allocation belongs to one. */
typedef enum {
  TENON_RUNTIME,               /* global data: registered natives, registries */
  TENON_MODULE,                /* module structures, copies of code */
  TENON_INSTANCE,              /* instances: linear memory, tables, globals, WASI */
  TENON_EXECUTION_ENVIRONMENT, /* execution environments and their stacks */
  TENON_CATEGORIES
} tenon_category_t;

/* ---- Initialisation. `args` may be NULL; only its native functions and its maximum of threads are
 * read. False if it fails or if the runtime is already initialised. Ended by wasm_runtime_destroy.
 */

/* As Alloc_With_Pool: everything is in `buffer`. If that is NULL, Tenon maps `size` bytes. */
WASM_RUNTIME_API_EXTERN bool tenon_init_with_pool(void* buffer, uint64_t size,
                                                  const RuntimeInitArgs* args, char* error_buf,
                                                  uint32_t error_buf_size);

/* As Alloc_With_Allocator; the functions get the category. `reallocate` may be NULL. */
typedef struct tenon_allocator_t {
  void* (*allocate)(void* user_data, tenon_category_t category, uint64_t size);
  void* (*reallocate)(void* user_data, tenon_category_t category, void* block, uint64_t size);
  void (*release)(void* user_data, tenon_category_t category, void* block);
  void* user_data;
} tenon_allocator_t;
WASM_RUNTIME_API_EXTERN bool tenon_init_with_allocator(const tenon_allocator_t* allocator,
                                                       const RuntimeInitArgs* args, char* error_buf,
                                                       uint32_t error_buf_size);

/* ---- Files. */

/* Maps a file instead of copying it: the cost of loading does not grow with its size. A file that
 * is mapped must not be overwritten or cut short: the code that runs would change, or the process
 * get SIGBUS. Replace it by renaming another one over it, or copy it when it is loaded (below). */
WASM_RUNTIME_API_EXTERN wasm_module_t tenon_load_file(const char* path, char* error_buf,
                                                      uint32_t error_buf_size);

/* How memory accesses are checked. A file can carry code for both. */
typedef enum {
  TENON_BOUNDS_CHECKS_ANY,     /* by guard pages where the file and the machine have them, which is
                                  faster; else by the code */
  TENON_BOUNDS_CHECKS_GUARD,   /* by guard pages, or instantiating fails */
  TENON_BOUNDS_CHECKS_EXPLICIT /* by the code */
} tenon_bounds_checks_t;

/* Zeros are the defaults, as for tenon_load_file. */
typedef struct tenon_load_options_t {
  tenon_bounds_checks_t bounds_checks;
  bool copy; /* read the file into module memory: it may change afterwards */
} tenon_load_options_t;
/* `options` may be NULL. */
WASM_RUNTIME_API_EXTERN wasm_module_t tenon_load_file_with(const char* path,
                                                           const tenon_load_options_t* options,
                                                           char* error_buf,
                                                           uint32_t error_buf_size);
/* As wasm_runtime_load. With `copy`, `bytes` may be freed afterwards and need no alignment. */
WASM_RUNTIME_API_EXTERN wasm_module_t tenon_load_with(const uint8_t* bytes, uint64_t size,
                                                      const tenon_load_options_t* options,
                                                      char* error_buf, uint32_t error_buf_size);

/* ---- WASI. For instances that are made from the module afterwards, in addition to
 * wasm_runtime_set_wasi_args. The arrays and strings are the host's, and must live until then. */

/* Makes standard input (0), output (1) or error (2) a callback. It reads into, or writes from,
 * `size` bytes and returns how many it moved (reading 0: the end), or a negative errno value. It is
 * called on the thread of the program that reads or writes. NULL: a descriptor again. */
typedef int64_t (*tenon_wasi_stream_t)(void* user_data, void* bytes, uint64_t size);
WASM_RUNTIME_API_EXTERN void tenon_set_wasi_stream(wasm_module_t module, uint32_t stream,
                                                   tenon_wasi_stream_t callback, void* user_data);
/* Listening TCP sockets, such as "127.0.0.1:8080" or "[::1]:8080". The program's descriptors for
 * them follow those of its directories. They must be in the address pool, if one is set. */
WASM_RUNTIME_API_EXTERN void tenon_set_wasi_listeners(wasm_module_t module,
                                                      const char* const addresses[],
                                                      uint32_t count);
/* The callback gets a line for each call of a WASI function, as tenon --trace-wasi prints it, with
 * its line feed. Several threads may call it at once. */
typedef void (*tenon_wasi_trace_t)(void* user_data, const char* line, size_t length);
WASM_RUNTIME_API_EXTERN void tenon_set_wasi_trace(wasm_module_t module, tenon_wasi_trace_t callback,
                                                  void* user_data);

/* ---- Reports. All numbers are bytes, exact at any moment. Thread safe. */
typedef struct tenon_usage_t {
  uint64_t live_bytes; /* allocated or mapped anonymously, as asked for */
  uint64_t peak_bytes; /* the most that live_bytes ever was */
  uint64_t live_blocks;
  uint64_t allocations;       /* ever made */
  uint64_t mapped_file_bytes; /* pages of files, which the system can drop; not in live_bytes */
  uint64_t limit_bytes;       /* UINT64_MAX: none */
} tenon_usage_t;

typedef struct tenon_memory_report_t {
  tenon_usage_t categories[TENON_CATEGORIES];
  /* Of a pool; 0 without one. Blocks take more than live_bytes, for the allocator's own records. */
  uint64_t pool_size;
  uint64_t pool_free;
  uint64_t pool_largest_free_block;
} tenon_memory_report_t;

WASM_RUNTIME_API_EXTERN void tenon_get_memory_report(tenon_memory_report_t* report);
WASM_RUNTIME_API_EXTERN void tenon_get_module_usage(wasm_module_t module, tenon_usage_t* usage);
/* With linear memories and tables, without execution environments. */
WASM_RUNTIME_API_EXTERN void tenon_get_instance_usage(wasm_module_inst_t module_inst,
                                                      tenon_usage_t* usage);
WASM_RUNTIME_API_EXTERN void tenon_get_exec_env_usage(wasm_exec_env_t exec_env,
                                                      tenon_usage_t* usage);

/* ---- Limits. What would exceed one is refused. The error names what was asked for and what is
 * left; memory.grow and table.grow return -1. UINT64_MAX: no limit. */
WASM_RUNTIME_API_EXTERN void tenon_set_category_limit(tenon_category_t category, uint64_t bytes);

typedef enum {
  TENON_LIMIT_MEMORY_PAGES,   /* of each linear memory */
  TENON_LIMIT_TABLE_ELEMENTS, /* of each table */
  TENON_LIMIT_STACK_BYTES,    /* of each execution environment */
  TENON_LIMIT_INSTANCE_BYTES  /* of all that the instance holds */
} tenon_limit_t;
/* For wasm_runtime_instantiate_ex2. */
WASM_RUNTIME_API_EXTERN void tenon_instantiation_args_set_limit(struct InstantiationArgs2* args,
                                                                tenon_limit_t limit,
                                                                uint64_t value);

/* ---- Execution environments. */

/* `stack` is the host's, has at least TENON_MINIMUM_STACK bytes, and must outlive the environment.
 * NULL: the stack comes from the allocator. Pages that wasm code does not use are not touched. */
#define TENON_MINIMUM_STACK (48 * 1024 + 32)
WASM_RUNTIME_API_EXTERN wasm_exec_env_t tenon_create_exec_env(wasm_module_inst_t module_inst,
                                                              void* stack, uint64_t stack_size,
                                                              char* error_buf,
                                                              uint32_t error_buf_size);

#ifdef __cplusplus
}
#endif
#endif
