# Switches between the host's stack and the wasm stack, for RISC-V (LP64D):
# tenon_enter (host to wasm), tenon_host_call (wasm to host), tenon_unwind (out of
# wasm after a trap). Offsets are those of assembly.h.
#
# Invariants: s0 chains through both stacks; tenon_enter's frame at host_sp is
# all that tenon_unwind needs, wherever it is called.
#include "runtime/arch/assembly.h"

# tenon_enter's frame: environment, padding, the outer current_host, wasm_sp and host_sp, padding,
# then the registers.
#define FRAME_BYTES 256

        .text

# uint32_t tenon_enter(a0 environment, a1 trampoline, a2 context, a3 code, a4 values)
        .globl  tenon_enter
        .hidden tenon_enter
        .type   tenon_enter, @function
        .p2align 2
tenon_enter:
        .cfi_startproc
        addi    sp, sp, -FRAME_BYTES
        .cfi_def_cfa_offset FRAME_BYTES
        sd      ra, 248(sp)
        sd      s0, 240(sp)
        .cfi_offset ra, -8
        .cfi_offset s0, -16
        addi    s0, sp, FRAME_BYTES
        .cfi_def_cfa s0, 0
        sd      s1, 232(sp)
        .cfi_offset s1, -24
        sd      s2, 224(sp)
        sd      s3, 216(sp)
        sd      s4, 208(sp)
        sd      s5, 200(sp)
        sd      s6, 192(sp)
        sd      s7, 184(sp)
        sd      s8, 176(sp)
        sd      s9, 168(sp)
        sd      s10, 160(sp)
        sd      s11, 152(sp)
        fsd     fs0, 144(sp)
        fsd     fs1, 136(sp)
        fsd     fs2, 128(sp)
        fsd     fs3, 120(sp)
        fsd     fs4, 112(sp)
        fsd     fs5, 104(sp)
        fsd     fs6, 96(sp)
        fsd     fs7, 88(sp)
        fsd     fs8, 80(sp)
        fsd     fs9, 72(sp)
        fsd     fs10, 64(sp)
        fsd     fs11, 56(sp)
        ld      t0, ENVIRONMENT_CURRENT_HOST(a0)
        ld      t1, ENVIRONMENT_WASM_SP(a0)
        ld      t2, ENVIRONMENT_HOST_SP(a0)
        sd      a0, 0(sp)
        sd      t0, 16(sp)
        sd      t1, 24(sp)
        sd      t2, 32(sp)
        sd      sp, ENVIRONMENT_HOST_SP(a0)
        andi    sp, t1, -16
        mv      s1, a0
        mv      t0, a1
        mv      a0, a2                          # the context is an ordinary first argument
        mv      a1, a3
        mv      a2, a4
        jalr    t0
        mv      a0, s1
        li      a1, 0
        .cfi_endproc
        .size   tenon_enter, .-tenon_enter
        # falls through: returning is unwinding with kind 0

# void tenon_unwind(a0 environment, a1 kind): returns `kind` from the innermost tenon_enter
        .globl  tenon_unwind
        .hidden tenon_unwind
        .type   tenon_unwind, @function
tenon_unwind:
        ld      sp, ENVIRONMENT_HOST_SP(a0)
        ld      t0, 16(sp)
        ld      t1, 24(sp)
        ld      t2, 32(sp)
        sd      t0, ENVIRONMENT_CURRENT_HOST(a0)
        sd      t1, ENVIRONMENT_WASM_SP(a0)
        sd      t2, ENVIRONMENT_HOST_SP(a0)
        ld      ra, 248(sp)
        ld      s0, 240(sp)
        ld      s1, 232(sp)
        ld      s2, 224(sp)
        ld      s3, 216(sp)
        ld      s4, 208(sp)
        ld      s5, 200(sp)
        ld      s6, 192(sp)
        ld      s7, 184(sp)
        ld      s8, 176(sp)
        ld      s9, 168(sp)
        ld      s10, 160(sp)
        ld      s11, 152(sp)
        fld     fs0, 144(sp)
        fld     fs1, 136(sp)
        fld     fs2, 128(sp)
        fld     fs3, 120(sp)
        fld     fs4, 112(sp)
        fld     fs5, 104(sp)
        fld     fs6, 96(sp)
        fld     fs7, 88(sp)
        fld     fs8, 80(sp)
        fld     fs9, 72(sp)
        fld     fs10, 64(sp)
        fld     fs11, 56(sp)
        addi    sp, sp, FRAME_BYTES
        mv      a0, a1
        ret
        .size   tenon_unwind, .-tenon_unwind

# t2 HostFunction; all else as in the native function's call
        .globl  tenon_host_call
        .hidden tenon_host_call
        .type   tenon_host_call, @function
        .p2align 2
tenon_host_call:
        .cfi_startproc
        addi    sp, sp, -32
        .cfi_def_cfa_offset 32
        sd      ra, 24(sp)
        sd      s0, 16(sp)
        .cfi_offset ra, -8
        .cfi_offset s0, -16
        addi    s0, sp, 32
        .cfi_def_cfa s0, 0
        sd      s1, 8(sp)
        .cfi_offset s1, -24
5:      sd      s0, 0(sp)                       # at wasm_sp: the frame to continue a backtrace from
        ld      s1, 0(t2)
        sd      sp, ENVIRONMENT_WASM_SP(s1)
        sd      t2, ENVIRONMENT_CURRENT_HOST(s1)
        lwu     t0, HOST_STACK_BYTES(t2)
        ld      t1, ENVIRONMENT_HOST_SP(s1)
        sub     sp, t1, t0
        beqz    t0, 2f
1:      addi    t0, t0, -8
        add     t3, s0, t0                      # argument words lie from s0 on
        ld      t3, 0(t3)
        add     t4, sp, t0
        sd      t3, 0(t4)
        bnez    t0, 1b
2:      ld      t0, HOST_NATIVE(t2)
        jalr    t0
        ld      sp, ENVIRONMENT_WASM_SP(s1)
        lw      t0, ENVIRONMENT_PENDING(s1)
        bnez    t0, 3f
4:      ld      ra, -8(s0)
        ld      s1, -24(s0)
        mv      t0, s0
        .cfi_remember_state
        .cfi_def_cfa t0, 0
        ld      s0, -16(s0)
        mv      sp, t0
        .cfi_def_cfa sp, 0
        ret
        .cfi_restore_state
3:      mv      a0, s1
        mv      a1, s0
        call    tenon_host_failed               # returns if an exception goes on from here
        j       4b
        .cfi_endproc
        .size   tenon_host_call, .-tenon_host_call

# The same, with the callers' registers and the arguments on the wasm stack, where collectors look
        .globl  tenon_host_call_with_roots
        .hidden tenon_host_call_with_roots
        .type   tenon_host_call_with_roots, @function
        .p2align 2
tenon_host_call_with_roots:
        .cfi_startproc
        addi    sp, sp, -32
        .cfi_def_cfa_offset 32
        sd      ra, 24(sp)
        sd      s0, 16(sp)
        .cfi_offset ra, -8
        .cfi_offset s0, -16
        addi    s0, sp, 32
        .cfi_def_cfa s0, 0
        sd      s1, 8(sp)
        .cfi_offset s1, -24
        addi    sp, sp, -160
        sd      s2, 8(sp)
        sd      s3, 16(sp)
        sd      s4, 24(sp)
        sd      s5, 32(sp)
        sd      s6, 40(sp)
        sd      s7, 48(sp)
        sd      s8, 56(sp)
        sd      s9, 64(sp)
        sd      s10, 72(sp)
        sd      s11, 80(sp)
        sd      a0, 88(sp)
        sd      a1, 96(sp)
        sd      a2, 104(sp)
        sd      a3, 112(sp)
        sd      a4, 120(sp)
        sd      a5, 128(sp)
        sd      a6, 136(sp)
        sd      a7, 144(sp)
        sd      zero, 152(sp)
        j       5b
        .cfi_endproc
        .size   tenon_host_call_with_roots, .-tenon_host_call_with_roots

# Entered as a native function, t2 HostFunction; see native_call.h
#define REGISTERS_BYTES 208
        .globl  tenon_convert_call
        .hidden tenon_convert_call
        .type   tenon_convert_call, @function
        .p2align 2
tenon_convert_call:
        .cfi_startproc
        addi    sp, sp, -16
        .cfi_def_cfa_offset 16
        sd      ra, 8(sp)
        sd      s0, 0(sp)
        .cfi_offset ra, -8
        .cfi_offset s0, -16
        addi    s0, sp, 16
        .cfi_def_cfa s0, 0
        addi    sp, sp, -REGISTERS_BYTES
        sd      a0, 0(sp)
        sd      a1, 8(sp)
        sd      a2, 16(sp)
        sd      a3, 24(sp)
        sd      a4, 32(sp)
        sd      a5, 40(sp)
        sd      a6, 48(sp)
        sd      a7, 56(sp)
        sd      s0, 64(sp)                      # arguments on the stack lie from s0 on
        fsd     fa0, 80(sp)
        fsd     fa1, 96(sp)
        fsd     fa2, 112(sp)
        fsd     fa3, 128(sp)
        fsd     fa4, 144(sp)
        fsd     fa5, 160(sp)
        fsd     fa6, 176(sp)
        fsd     fa7, 192(sp)
        mv      a0, t2
        mv      a1, sp
        call    tenon_convert_arguments
        mv      t1, a0
        ld      a0, 0(sp)
        ld      a1, 8(sp)
        ld      a2, 16(sp)
        ld      a3, 24(sp)
        ld      a4, 32(sp)
        ld      a5, 40(sp)
        ld      a6, 48(sp)
        ld      a7, 56(sp)
        fld     fa0, 80(sp)
        fld     fa1, 96(sp)
        fld     fa2, 112(sp)
        fld     fa3, 128(sp)
        fld     fa4, 144(sp)
        fld     fa5, 160(sp)
        fld     fa6, 176(sp)
        fld     fa7, 192(sp)
        addi    sp, s0, -16
        ld      ra, 8(sp)
        ld      s0, 0(sp)
        addi    sp, sp, 16
        beqz    t1, 1f
        jr      t1
1:      ret
        .cfi_endproc
        .size   tenon_convert_call, .-tenon_convert_call
        .section .note.GNU-stack,"",%progbits
