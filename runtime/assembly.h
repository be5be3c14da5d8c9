/* Offsets that assembly (*.S) uses; execution_environment.h asserts that they are those of
 * the structs. */
#ifndef TENON_RUNTIME_ASSEMBLY_H
#define TENON_RUNTIME_ASSEMBLY_H

#define TENON_WORD __SIZEOF_POINTER__

/* abi::ExecutionEnvironment */
#define ENVIRONMENT_WASM_SP 0
#define ENVIRONMENT_HOST_SP (1 * TENON_WORD)
#define ENVIRONMENT_CURRENT_HOST (2 * TENON_WORD)
#define ENVIRONMENT_PENDING (3 * TENON_WORD)

/* abi::HostFunction; its execution environment comes first */
#define HOST_NATIVE 32
#define HOST_STACK_BYTES 40

#endif
