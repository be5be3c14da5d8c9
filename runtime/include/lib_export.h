/* The descriptions with which a host registers native functions. Part of wasm_export.h's interface;
 * a header of its own because some hosts include only this. */
#ifndef _LIB_EXPORT_H_
#define _LIB_EXPORT_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A function of the host: `result func_ptr(wasm_exec_env_t, parameters...)`.
 * `signature` is "(parameters)result" in letters: i i32, I i64, f f32, F f64, r externref.
 * For an i32 that is an address in linear memory, `*` passes the native address instead. It is
 * checked that one byte is inside the memory, or as many as the length that a `~` after it
 * stands for. `$` passes the native address of a string, which must end inside the memory.
 * NULL or "": nothing is converted or checked.
 * The array and its strings must outlive what is instantiated with them. */
typedef struct NativeSymbol {
  const char* symbol;
  void* func_ptr;
  const char* signature;
  /* See wasm_runtime_get_function_attachment. */
  void* attachment;
} NativeSymbol;

#define EXPORT_WASM_API(symbol) \
  { #symbol, (void*)symbol, NULL, NULL }
#define EXPORT_WASM_API2(symbol) \
  { #symbol, (void*)symbol##_wrapper, NULL, NULL }
#define EXPORT_WASM_API_WITH_SIG(symbol, signature) \
  { #symbol, (void*)symbol, signature, NULL }
#define EXPORT_WASM_API_WITH_SIG2(symbol, signature) \
  { #symbol, (void*)symbol##_wrapper, signature, NULL }
#define EXPORT_WASM_API_WITH_ATT(symbol, signature, attachment) \
  { #symbol, (void*)symbol, signature, attachment }
#define EXPORT_WASM_API_WITH_ATT2(symbol, signature, attachment) \
  { #symbol, (void*)symbol##_wrapper, signature, attachment }

#ifdef __cplusplus
}
#endif
#endif
