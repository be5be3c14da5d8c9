/* What libtenon offers beyond WAMR's interface (wasm_export.h). */
#ifndef TENON_TENON_H
#define TENON_TENON_H

#include "wasm_export.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Maps a file instead of copying it: loading cost does not grow with its size. */
WASM_RUNTIME_API_EXTERN wasm_module_t tenon_load_file(const char* path, char* error_buf,
                                                      uint32_t error_buf_size);

#ifdef __cplusplus
}
#endif
#endif
