// Switches between the host's stack and the wasm stack, for AArch64 (AAPCS64):
// tenon_enter (host to wasm), tenon_host_call (wasm to host), tenon_unwind (out of
// wasm after a trap). Offsets are those of assembly.h.
//
// Invariants: x29 chains through both stacks; tenon_enter's frame at host_sp is
// all that tenon_unwind needs, wherever it is called.
#include "runtime/arch/assembly.h"

// tenon_enter's frame: environment, padding, the outer current_host, wasm_sp and host_sp, padding,
// then the registers.
#define FRAME_BYTES 208
#define FRAME_RECORD 192

        .text

// uint32_t tenon_enter(x0 environment, x1 trampoline, x2 context, x3 code, x4 values)
        .globl  tenon_enter
        .hidden tenon_enter
        .type   tenon_enter, %function
        .p2align 4
tenon_enter:
        .cfi_startproc
        sub     sp, sp, #FRAME_BYTES
        .cfi_def_cfa_offset FRAME_BYTES
        stp     x29, x30, [sp, #FRAME_RECORD]
        .cfi_offset x29, -16
        .cfi_offset x30, -8
        add     x29, sp, #FRAME_RECORD
        .cfi_def_cfa x29, 16
        stp     x19, x20, [sp, #48]
        stp     x21, x22, [sp, #64]
        stp     x23, x24, [sp, #80]
        stp     x25, x26, [sp, #96]
        stp     x27, x28, [sp, #112]
        stp     d8, d9, [sp, #128]
        stp     d10, d11, [sp, #144]
        stp     d12, d13, [sp, #160]
        stp     d14, d15, [sp, #176]
        .cfi_offset x19, -160
        .cfi_offset x20, -152
        ldr     x9, [x0, #ENVIRONMENT_CURRENT_HOST]
        ldr     x10, [x0, #ENVIRONMENT_WASM_SP]
        ldr     x11, [x0, #ENVIRONMENT_HOST_SP]
        str     x0, [sp]
        stp     x9, x10, [sp, #16]
        str     x11, [sp, #32]
        mov     x9, sp
        str     x9, [x0, #ENVIRONMENT_HOST_SP]
        and     x10, x10, #-16
        mov     sp, x10
        mov     x19, x0
        mov     x20, x2
        mov     x9, x1
        mov     x0, x3
        mov     x1, x4
        blr     x9
        mov     x0, x19
        mov     w1, #0
        .cfi_endproc
        .size   tenon_enter, .-tenon_enter
        // falls through: returning is unwinding with kind 0

// void tenon_unwind(x0 environment, w1 kind): returns `kind` from the innermost tenon_enter
        .globl  tenon_unwind
        .hidden tenon_unwind
        .type   tenon_unwind, %function
tenon_unwind:
        ldr     x9, [x0, #ENVIRONMENT_HOST_SP]
        mov     sp, x9
        ldp     x9, x10, [sp, #16]
        ldr     x11, [sp, #32]
        str     x9, [x0, #ENVIRONMENT_CURRENT_HOST]
        str     x10, [x0, #ENVIRONMENT_WASM_SP]
        str     x11, [x0, #ENVIRONMENT_HOST_SP]
        ldp     x19, x20, [sp, #48]
        ldp     x21, x22, [sp, #64]
        ldp     x23, x24, [sp, #80]
        ldp     x25, x26, [sp, #96]
        ldp     x27, x28, [sp, #112]
        ldp     d8, d9, [sp, #128]
        ldp     d10, d11, [sp, #144]
        ldp     d12, d13, [sp, #160]
        ldp     d14, d15, [sp, #176]
        ldp     x29, x30, [sp, #FRAME_RECORD]
        add     sp, sp, #FRAME_BYTES
        mov     w0, w1
        ret
        .size   tenon_unwind, .-tenon_unwind

// x15 HostFunction; all else as in the native function's call
        .globl  tenon_host_call
        .hidden tenon_host_call
        .type   tenon_host_call, %function
        .p2align 4
tenon_host_call:
        .cfi_startproc
        stp     x29, x30, [sp, #-16]!
        .cfi_def_cfa_offset 16
        .cfi_offset x29, -16
        .cfi_offset x30, -8
        mov     x29, sp
        .cfi_def_cfa_register x29
5:      stp     x29, x19, [sp, #-16]!           // at wasm_sp: the frame to continue a backtrace from
        .cfi_offset x19, -24
        ldr     x19, [x15]
        mov     x9, sp
        str     x9, [x19, #ENVIRONMENT_WASM_SP]
        str     x15, [x19, #ENVIRONMENT_CURRENT_HOST]
        ldr     w9, [x15, #HOST_STACK_BYTES]
        ldr     x10, [x19, #ENVIRONMENT_HOST_SP]
        sub     x10, x10, x9
        mov     sp, x10
        cbz     x9, 2f
        add     x11, x29, #16                   // where the argument words lie
1:      sub     x9, x9, #16
        add     x14, x11, x9
        ldp     x12, x13, [x14]
        add     x14, x10, x9
        stp     x12, x13, [x14]
        cbnz    x9, 1b
2:      ldr     x9, [x15, #HOST_NATIVE]
        blr     x9
        ldr     x9, [x19, #ENVIRONMENT_WASM_SP]
        mov     sp, x9
        ldr     w10, [x19, #ENVIRONMENT_PENDING]
        cbnz    w10, 3f
4:      ldr     x19, [sp, #8]
        mov     sp, x29
        ldp     x29, x30, [sp], #16
        .cfi_remember_state
        .cfi_def_cfa sp, 0
        ret
        .cfi_restore_state
3:      mov     x0, x19
        mov     x1, x29
        bl      tenon_host_failed               // returns if an exception goes on from here
        b       4b
        .cfi_endproc
        .size   tenon_host_call, .-tenon_host_call

// The same, with the callers' registers and the arguments on the wasm stack, where collectors look
        .globl  tenon_host_call_with_roots
        .hidden tenon_host_call_with_roots
        .type   tenon_host_call_with_roots, %function
        .p2align 4
tenon_host_call_with_roots:
        .cfi_startproc
        stp     x29, x30, [sp, #-16]!
        .cfi_def_cfa_offset 16
        .cfi_offset x29, -16
        .cfi_offset x30, -8
        mov     x29, sp
        .cfi_def_cfa_register x29
        stp     x27, x28, [sp, #-16]!
        stp     x25, x26, [sp, #-16]!
        stp     x23, x24, [sp, #-16]!
        stp     x21, x22, [sp, #-16]!
        stp     x19, x20, [sp, #-16]!
        stp     x6, x7, [sp, #-16]!
        stp     x4, x5, [sp, #-16]!
        stp     x2, x3, [sp, #-16]!
        stp     x0, x1, [sp, #-16]!
        b       5b
        .cfi_endproc
        .size   tenon_host_call_with_roots, .-tenon_host_call_with_roots

// Entered as a native function, x15 HostFunction; see native_call.h
#define REGISTERS_BYTES 208
        .globl  tenon_convert_call
        .hidden tenon_convert_call
        .type   tenon_convert_call, %function
        .p2align 4
tenon_convert_call:
        .cfi_startproc
        stp     x29, x30, [sp, #-16]!
        .cfi_def_cfa_offset 16
        .cfi_offset x29, -16
        .cfi_offset x30, -8
        mov     x29, sp
        .cfi_def_cfa_register x29
        sub     sp, sp, #REGISTERS_BYTES
        stp     x0, x1, [sp]
        stp     x2, x3, [sp, #16]
        stp     x4, x5, [sp, #32]
        stp     x6, x7, [sp, #48]
        add     x9, x29, #16
        str     x9, [sp, #64]
        stp     q0, q1, [sp, #80]
        stp     q2, q3, [sp, #112]
        stp     q4, q5, [sp, #144]
        stp     q6, q7, [sp, #176]
        mov     x0, x15
        mov     x1, sp
        bl      tenon_convert_arguments
        mov     x16, x0
        ldp     x0, x1, [sp]
        ldp     q0, q1, [sp, #80]
        cbz     x16, 1f
        ldp     x2, x3, [sp, #16]
        ldp     x4, x5, [sp, #32]
        ldp     x6, x7, [sp, #48]
        ldp     q2, q3, [sp, #112]
        ldp     q4, q5, [sp, #144]
        ldp     q6, q7, [sp, #176]
        mov     sp, x29
        ldp     x29, x30, [sp], #16
        br      x16
1:      mov     sp, x29
        ldp     x29, x30, [sp], #16
        ret
        .cfi_endproc
        .size   tenon_convert_call, .-tenon_convert_call
        .section .note.GNU-stack,"",%progbits
