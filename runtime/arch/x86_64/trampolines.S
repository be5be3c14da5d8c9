# Switches between the host's stack and the wasm stack, for x86-64 System V:
# tenon_enter (host to wasm), tenon_host_call (wasm to host), tenon_unwind (out of
# wasm after a trap). Offsets are those of assembly.h.
#
# Invariant: tenon_enter's frame at host_sp is all that tenon_unwind needs, wherever it is called.
#include "runtime/arch/assembly.h"

        .text

# uint32_t tenon_enter(rdi environment, rsi trampoline, rdx context, rcx code, r8 values)
        .globl  tenon_enter
        .hidden tenon_enter
        .type   tenon_enter, @function
        .p2align 4
tenon_enter:
        .cfi_startproc
        pushq   %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq    %rsp, %rbp
        .cfi_def_cfa_register %rbp
        pushq   %rbx
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        .cfi_offset %rbx, -24
        .cfi_offset %r12, -32
        .cfi_offset %r13, -40
        .cfi_offset %r14, -48
        .cfi_offset %r15, -56
        pushq   ENVIRONMENT_HOST_SP(%rdi)
        pushq   ENVIRONMENT_WASM_SP(%rdi)
        pushq   ENVIRONMENT_CURRENT_HOST(%rdi)
        subq    $16, %rsp                       # keeps host_sp 16-aligned
        movq    %rdi, (%rsp)
        movq    %rsp, ENVIRONMENT_HOST_SP(%rdi)
        movq    %rdi, %rbx
        movq    %rsi, %rax
        movq    %rdx, %r13
        movq    ENVIRONMENT_WASM_SP(%rdi), %rsp
        andq    $-16, %rsp
        movq    %rcx, %rdi
        movq    %r8, %rsi
        callq   *%rax
        movq    %rbx, %rdi
        xorl    %esi, %esi
        .cfi_endproc
        .size   tenon_enter, .-tenon_enter
        # falls through: returning is unwinding with kind 0

# void tenon_unwind(rdi environment, esi kind): returns `kind` from the innermost tenon_enter
        .globl  tenon_unwind
        .hidden tenon_unwind
        .type   tenon_unwind, @function
tenon_unwind:
        movl    %esi, %eax
        movq    ENVIRONMENT_HOST_SP(%rdi), %rsp
        addq    $16, %rsp
        popq    ENVIRONMENT_CURRENT_HOST(%rdi)
        popq    ENVIRONMENT_WASM_SP(%rdi)
        popq    ENVIRONMENT_HOST_SP(%rdi)
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbx
        popq    %rbp
        cld
        retq
        .size   tenon_unwind, .-tenon_unwind

# r10 HostFunction; all else as in the native function's call
        .globl  tenon_host_call
        .hidden tenon_host_call
        .type   tenon_host_call, @function
        .p2align 4
tenon_host_call:
        .cfi_startproc
        pushq   %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq    %rsp, %rbp
        .cfi_def_cfa_register %rbp
6:      pushq   %rbp                            # at wasm_sp: the frame to continue a backtrace from
        movq    (%r10), %r11
        movl    HOST_STACK_BYTES(%r10), %eax
        movq    %rsp, ENVIRONMENT_WASM_SP(%r11)
        movq    %r10, ENVIRONMENT_CURRENT_HOST(%r11)
        movq    ENVIRONMENT_HOST_SP(%r11), %rsp
        testl   %eax, %eax
        jne     1f
        callq   *HOST_NATIVE(%r10)
2:      movq    (%rsp), %r11                    # the environment, from tenon_enter's frame
        cmpl    $0, ENVIRONMENT_PENDING(%r11)
        jne     3f
4:      leaveq                                  # back to the wasm stack
        .cfi_remember_state
        .cfi_def_cfa %rsp, 8
        retq
        .cfi_restore_state
1:      pushq   %rbx                            # for the number of bytes on the stack
        pushq   %rbx
        movl    %eax, %ebx
        subq    %rax, %rsp
5:      movq    8(%rbp,%rax), %r11              # argument words lie from rbp + 16 on
        movq    %r11, -8(%rsp,%rax)
        subq    $8, %rax
        jne     5b
        callq   *HOST_NATIVE(%r10)
        addq    %rbx, %rsp
        popq    %rbx
        popq    %rbx
        jmp     2b
3:      movq    ENVIRONMENT_WASM_SP(%r11), %rsp
        subq    $8, %rsp                        # keeps calls 16-aligned
        movq    %r11, %rdi
        movq    %rbp, %rsi
        callq   tenon_host_failed               # returns if an exception goes on from here
        jmp     4b
        .cfi_endproc
        .size   tenon_host_call, .-tenon_host_call

# The same, with the callers' registers and the arguments on the wasm stack, where collectors look
        .globl  tenon_host_call_with_roots
        .hidden tenon_host_call_with_roots
        .type   tenon_host_call_with_roots, @function
        .p2align 4
tenon_host_call_with_roots:
        .cfi_startproc
        pushq   %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq    %rsp, %rbp
        .cfi_def_cfa_register %rbp
        pushq   %rbx
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        pushq   %rsi
        pushq   %rdx
        pushq   %rcx
        pushq   %r8
        pushq   %r9                             # ten, which keeps the alignment
        jmp     6b
        .cfi_endproc
        .size   tenon_host_call_with_roots, .-tenon_host_call_with_roots

# Entered as a native function, r10 HostFunction; see native_call.h
#define REGISTERS_BYTES 192
        .globl  tenon_convert_call
        .hidden tenon_convert_call
        .type   tenon_convert_call, @function
        .p2align 4
tenon_convert_call:
        .cfi_startproc
        pushq   %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq    %rsp, %rbp
        .cfi_def_cfa_register %rbp
        subq    $REGISTERS_BYTES, %rsp
        movq    %rdi, (%rsp)
        movq    %rsi, 8(%rsp)
        movq    %rdx, 16(%rsp)
        movq    %rcx, 24(%rsp)
        movq    %r8, 32(%rsp)
        movq    %r9, 40(%rsp)
        leaq    16(%rbp), %rax
        movq    %rax, 48(%rsp)
        movaps  %xmm0, 64(%rsp)
        movaps  %xmm1, 80(%rsp)
        movaps  %xmm2, 96(%rsp)
        movaps  %xmm3, 112(%rsp)
        movaps  %xmm4, 128(%rsp)
        movaps  %xmm5, 144(%rsp)
        movaps  %xmm6, 160(%rsp)
        movaps  %xmm7, 176(%rsp)
        movq    %r10, %rdi
        movq    %rsp, %rsi
        callq   tenon_convert_arguments
        movaps  64(%rsp), %xmm0
        testq   %rax, %rax
        je      1f
        movq    (%rsp), %rdi
        movq    8(%rsp), %rsi
        movq    16(%rsp), %rdx
        movq    24(%rsp), %rcx
        movq    32(%rsp), %r8
        movq    40(%rsp), %r9
        movaps  80(%rsp), %xmm1
        movaps  96(%rsp), %xmm2
        movaps  112(%rsp), %xmm3
        movaps  128(%rsp), %xmm4
        movaps  144(%rsp), %xmm5
        movaps  160(%rsp), %xmm6
        movaps  176(%rsp), %xmm7
        leaveq
        .cfi_remember_state
        .cfi_def_cfa %rsp, 8
        jmpq    *%rax
        .cfi_restore_state
        .cfi_def_cfa %rbp, 16
1:      movq    (%rsp), %rax
        leaveq
        .cfi_def_cfa %rsp, 8
        retq
        .cfi_endproc
        .size   tenon_convert_call, .-tenon_convert_call
        .section .note.GNU-stack,"",%progbits
