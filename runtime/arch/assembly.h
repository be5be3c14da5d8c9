/* Offsets that assembly (*.S) uses; execution_environment.h asserts that they are those of
 * the structs. */
#ifndef TENON_RUNTIME_ASSEMBLY_H
#define TENON_RUNTIME_ASSEMBLY_H

/* abi::ExecutionEnvironment */
#define ENVIRONMENT_WASM_SP 0
#define ENVIRONMENT_HOST_SP 8
#define ENVIRONMENT_CURRENT_HOST 16
#define ENVIRONMENT_PENDING 24

/* abi::HostFunction; its execution environment comes first */
#define HOST_NATIVE 32
#define HOST_STACK_BYTES 40

#endif
