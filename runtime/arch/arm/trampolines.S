// Switches between the host's stack and the wasm stack, for 32-bit ARM (AAPCS-VFP, ARM state):
// tenon_enter (host to wasm), tenon_host_call (wasm to host), tenon_unwind (out of
// wasm after a trap). Offsets are those of assembly.h.
//
// Invariants: r11 chains through both stacks in LLVM's form (it points to the outer r11, the return
// address follows); tenon_enter's frame at host_sp is all that tenon_unwind needs, wherever it is
// called.
#include "runtime/arch/assembly.h"

        .syntax unified
        .arch   armv7-a
        .fpu    vfpv3-d16
        .arm
        .text

// uint32_t tenon_enter(r0 environment, r1 trampoline, r2 context, r3 code, stack: values)
// Its frame, from host_sp on: environment, padding, the outer current_host, wasm_sp and host_sp,
// padding, then the registers.
        .globl  tenon_enter
        .hidden tenon_enter
        .type   tenon_enter, %function
tenon_enter:
        push    {r4, r5, r6, r7, r8, r9, r10, r11, lr}
        add     r11, sp, #28
        ldr     r12, [sp, #36]                  // values
        sub     sp, sp, #4                      // keeps sp 8-aligned
        vpush   {d8, d9, d10, d11, d12, d13, d14, d15}
        sub     sp, sp, #24
        ldr     r4, [r0, #ENVIRONMENT_CURRENT_HOST]
        ldr     r5, [r0, #ENVIRONMENT_WASM_SP]
        ldr     r6, [r0, #ENVIRONMENT_HOST_SP]
        str     r0, [sp]
        str     r4, [sp, #8]
        str     r5, [sp, #12]
        str     r6, [sp, #16]
        str     sp, [r0, #ENVIRONMENT_HOST_SP]
        bic     r5, r5, #15
        mov     sp, r5
        mov     r4, r0
        mov     r5, r1
        mov     r10, r2
        mov     r0, r3
        mov     r1, r12
        blx     r5
        mov     r0, r4
        mov     r1, #0
        .size   tenon_enter, .-tenon_enter
        // falls through: returning is unwinding with kind 0

// void tenon_unwind(r0 environment, r1 kind): returns `kind` from the innermost tenon_enter
        .globl  tenon_unwind
        .hidden tenon_unwind
        .type   tenon_unwind, %function
tenon_unwind:
        ldr     sp, [r0, #ENVIRONMENT_HOST_SP]
        ldr     r2, [sp, #8]
        str     r2, [r0, #ENVIRONMENT_CURRENT_HOST]
        ldr     r2, [sp, #12]
        str     r2, [r0, #ENVIRONMENT_WASM_SP]
        ldr     r2, [sp, #16]
        str     r2, [r0, #ENVIRONMENT_HOST_SP]
        add     sp, sp, #24
        vpop    {d8, d9, d10, d11, d12, d13, d14, d15}
        add     sp, sp, #4
        mov     r0, r1
        pop     {r4, r5, r6, r7, r8, r9, r10, r11, pc}
        .size   tenon_unwind, .-tenon_unwind

// r10 HostFunction, the context register; all else as in the native function's call
        .globl  tenon_host_call
        .hidden tenon_host_call
        .type   tenon_host_call, %function
tenon_host_call:
        push    {r4, r5, r11, lr}
        add     r11, sp, #8
5:      sub     sp, sp, #8
        str     r11, [sp]                       // at wasm_sp: the frame to continue a backtrace from
        ldr     r4, [r10]
        str     sp, [r4, #ENVIRONMENT_WASM_SP]
        str     r10, [r4, #ENVIRONMENT_CURRENT_HOST]
        ldr     r5, [r10, #HOST_STACK_BYTES]
        ldr     r12, [r4, #ENVIRONMENT_HOST_SP]
        sub     r12, r12, r5
        mov     sp, r12
        cmp     r5, #0
        beq     2f
1:      subs    r5, r5, #4
        add     lr, r11, r5
        ldr     lr, [lr, #8]                    // argument words lie from r11 + 8 on
        str     lr, [r12, r5]
        bne     1b
2:      ldr     r12, [r10, #HOST_NATIVE]
        blx     r12
        ldr     sp, [r4, #ENVIRONMENT_WASM_SP]
        ldr     r12, [r4, #ENVIRONMENT_PENDING]
        cmp     r12, #0
        bne     3f
        sub     sp, r11, #8
        pop     {r4, r5, r11, pc}
3:      mov     r0, r4
        mov     r1, r11
        bl      tenon_host_failed               // records the backtrace; does not return
        udf     #0
        .size   tenon_host_call, .-tenon_host_call

// The same, with the callers' registers and the arguments on the wasm stack, where collectors look
        .globl  tenon_host_call_with_roots
        .hidden tenon_host_call_with_roots
        .type   tenon_host_call_with_roots, %function
tenon_host_call_with_roots:
        push    {r4, r5, r11, lr}
        add     r11, sp, #8
        push    {r0, r1, r2, r3, r4, r5, r6, r7, r8, r9}
        b       5b
        .size   tenon_host_call_with_roots, .-tenon_host_call_with_roots

// Entered as a native function, r10 HostFunction; see native_call.h
#define REGISTERS_BYTES 88
        .globl  tenon_convert_call
        .hidden tenon_convert_call
        .type   tenon_convert_call, %function
tenon_convert_call:
        push    {r11, lr}
        mov     r11, sp
        sub     sp, sp, #REGISTERS_BYTES
        stm     sp, {r0, r1, r2, r3}
        add     r12, r11, #8
        str     r12, [sp, #16]
        add     r12, sp, #24
        vstm    r12, {d0-d7}
        mov     r0, r10
        mov     r1, sp
        bl      tenon_convert_arguments
        mov     r12, r0
        add     lr, sp, #24
        vldm    lr, {d0-d7}
        ldm     sp, {r0, r1, r2, r3}
        cmp     r12, #0
        mov     sp, r11
        pop     {r11, lr}
        bxeq    lr
        bx      r12
        .size   tenon_convert_call, .-tenon_convert_call
        .section .note.GNU-stack,"",%progbits
