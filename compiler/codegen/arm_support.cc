// The functions of the ARM run-time ABI that generated code can need (division, conversions between
// 64-bit integers and floats). Their names and conventions are fixed by
// "Run-time ABI for the Arm Architecture"; floats come in integer registers there.
#include "compiler/codegen/arm_support.h"

namespace tenon::compiler {

const char kArmSupport[] = R"ir(
define hidden arm_aapcscc { i64, i64 } @__aeabi_uldivmod(i64 %n, i64 %d) nounwind {
  %zero = icmp eq i64 %d, 0
  %less = icmp ult i64 %n, %d
  %skip = or i1 %zero, %less
  br i1 %skip, label %small, label %start
small:
  %rest = insertvalue { i64, i64 } zeroinitializer, i64 %n, 1
  ret { i64, i64 } %rest
start:
  %d.zeros = call i64 @llvm.ctlz.i64(i64 %d, i1 true)
  %n.zeros = call i64 @llvm.ctlz.i64(i64 %n, i1 true)
  %shift = sub i64 %d.zeros, %n.zeros
  %aligned = shl i64 %d, %shift
  br label %loop
loop:
  %i = phi i64 [ %shift, %start ], [ %i.next, %loop ]
  %r = phi i64 [ %n, %start ], [ %r.next, %loop ]
  %q = phi i64 [ 0, %start ], [ %q.next, %loop ]
  %s = phi i64 [ %aligned, %start ], [ %s.next, %loop ]
  %fits = icmp uge i64 %r, %s
  %less.s = sub i64 %r, %s
  %r.next = select i1 %fits, i64 %less.s, i64 %r
  %bit = zext i1 %fits to i64
  %q.twice = shl i64 %q, 1
  %q.next = or i64 %q.twice, %bit
  %s.next = lshr i64 %s, 1
  %i.next = sub i64 %i, 1
  %done = icmp eq i64 %i, 0
  br i1 %done, label %end, label %loop
end:
  %one = insertvalue { i64, i64 } poison, i64 %q.next, 0
  %both = insertvalue { i64, i64 } %one, i64 %r.next, 1
  ret { i64, i64 } %both
}
define hidden arm_aapcscc { i64, i64 } @__aeabi_ldivmod(i64 %n, i64 %d) nounwind {
  %n.sign = ashr i64 %n, 63
  %d.sign = ashr i64 %d, 63
  %q.sign = xor i64 %n.sign, %d.sign
  %n.flip = xor i64 %n, %n.sign
  %n.abs = sub i64 %n.flip, %n.sign
  %d.flip = xor i64 %d, %d.sign
  %d.abs = sub i64 %d.flip, %d.sign
  %result = call arm_aapcscc { i64, i64 } @__aeabi_uldivmod(i64 %n.abs, i64 %d.abs)
  %q = extractvalue { i64, i64 } %result, 0
  %r = extractvalue { i64, i64 } %result, 1
  %q.flip = xor i64 %q, %q.sign
  %q.done = sub i64 %q.flip, %q.sign
  %r.flip = xor i64 %r, %n.sign
  %r.done = sub i64 %r.flip, %n.sign
  %one = insertvalue { i64, i64 } poison, i64 %q.done, 0
  %both = insertvalue { i64, i64 } %one, i64 %r.done, 1
  ret { i64, i64 } %both
}

define hidden arm_aapcscc { i32, i32 } @__aeabi_uidivmod(i32 %n, i32 %d) nounwind {
  %zero = icmp eq i32 %d, 0
  %less = icmp ult i32 %n, %d
  %skip = or i1 %zero, %less
  br i1 %skip, label %small, label %start
small:
  %rest = insertvalue { i32, i32 } zeroinitializer, i32 %n, 1
  ret { i32, i32 } %rest
start:
  %d.zeros = call i32 @llvm.ctlz.i32(i32 %d, i1 true)
  %n.zeros = call i32 @llvm.ctlz.i32(i32 %n, i1 true)
  %shift = sub i32 %d.zeros, %n.zeros
  %aligned = shl i32 %d, %shift
  br label %loop
loop:
  %i = phi i32 [ %shift, %start ], [ %i.next, %loop ]
  %r = phi i32 [ %n, %start ], [ %r.next, %loop ]
  %q = phi i32 [ 0, %start ], [ %q.next, %loop ]
  %s = phi i32 [ %aligned, %start ], [ %s.next, %loop ]
  %fits = icmp uge i32 %r, %s
  %less.s = sub i32 %r, %s
  %r.next = select i1 %fits, i32 %less.s, i32 %r
  %bit = zext i1 %fits to i32
  %q.twice = shl i32 %q, 1
  %q.next = or i32 %q.twice, %bit
  %s.next = lshr i32 %s, 1
  %i.next = sub i32 %i, 1
  %done = icmp eq i32 %i, 0
  br i1 %done, label %end, label %loop
end:
  %one = insertvalue { i32, i32 } poison, i32 %q.next, 0
  %both = insertvalue { i32, i32 } %one, i32 %r.next, 1
  ret { i32, i32 } %both
}
define hidden arm_aapcscc { i32, i32 } @__aeabi_idivmod(i32 %n, i32 %d) nounwind {
  %n.sign = ashr i32 %n, 31
  %d.sign = ashr i32 %d, 31
  %q.sign = xor i32 %n.sign, %d.sign
  %n.flip = xor i32 %n, %n.sign
  %n.abs = sub i32 %n.flip, %n.sign
  %d.flip = xor i32 %d, %d.sign
  %d.abs = sub i32 %d.flip, %d.sign
  %result = call arm_aapcscc { i32, i32 } @__aeabi_uidivmod(i32 %n.abs, i32 %d.abs)
  %q = extractvalue { i32, i32 } %result, 0
  %r = extractvalue { i32, i32 } %result, 1
  %q.flip = xor i32 %q, %q.sign
  %q.done = sub i32 %q.flip, %q.sign
  %r.flip = xor i32 %r, %n.sign
  %r.done = sub i32 %r.flip, %n.sign
  %one = insertvalue { i32, i32 } poison, i32 %q.done, 0
  %both = insertvalue { i32, i32 } %one, i32 %r.done, 1
  ret { i32, i32 } %both
}

define hidden arm_aapcscc i32 @__aeabi_uidiv(i32 %n, i32 %d) nounwind {
  %both = call arm_aapcscc { i32, i32 } @__aeabi_uidivmod(i32 %n, i32 %d)
  %q = extractvalue { i32, i32 } %both, 0
  ret i32 %q
}

define hidden arm_aapcscc i32 @__aeabi_idiv(i32 %n, i32 %d) nounwind {
  %both = call arm_aapcscc { i32, i32 } @__aeabi_idivmod(i32 %n, i32 %d)
  %q = extractvalue { i32, i32 } %both, 0
  ret i32 %q
}

define hidden arm_aapcscc i64 @__aeabi_d2ulz(i64 %bits) nounwind {
  %x = bitcast i64 %bits to double
  %scaled = fmul double %x, 0x3DF0000000000000
  %high = fptoui double %scaled to i32
  %high.float = uitofp i32 %high to double
  %high.part = fmul double %high.float, 0x41F0000000000000
  %low.float = fsub double %x, %high.part
  %low = fptoui double %low.float to i32
  %high.wide = zext i32 %high to i64
  %high.up = shl i64 %high.wide, 32
  %low.wide = zext i32 %low to i64
  %result = or i64 %high.up, %low.wide
  ret i64 %result
}
define hidden arm_aapcscc i64 @__aeabi_d2lz(i64 %bits) nounwind {
  %sign = ashr i64 %bits, 63
  %abs = and i64 %bits, 9223372036854775807
  %u = call arm_aapcscc i64 @__aeabi_d2ulz(i64 %abs)
  %flip = xor i64 %u, %sign
  %result = sub i64 %flip, %sign
  ret i64 %result
}
define hidden arm_aapcscc i64 @__aeabi_f2lz(i32 %bits) nounwind {
  %x = bitcast i32 %bits to float
  %wide = fpext float %x to double
  %wide.bits = bitcast double %wide to i64
  %result = call arm_aapcscc i64 @__aeabi_d2lz(i64 %wide.bits)
  ret i64 %result
}
define hidden arm_aapcscc i64 @__aeabi_f2ulz(i32 %bits) nounwind {
  %x = bitcast i32 %bits to float
  %wide = fpext float %x to double
  %wide.bits = bitcast double %wide to i64
  %result = call arm_aapcscc i64 @__aeabi_d2ulz(i64 %wide.bits)
  ret i64 %result
}

; The high half times 2^32 is exact, so the sum is rounded once.
define hidden arm_aapcscc i64 @__aeabi_ul2d(i64 %x) nounwind {
  %high.wide = lshr i64 %x, 32
  %high = trunc i64 %high.wide to i32
  %low = trunc i64 %x to i32
  %high.float = uitofp i32 %high to double
  %high.part = fmul double %high.float, 0x41F0000000000000
  %low.float = uitofp i32 %low to double
  %sum = fadd double %high.part, %low.float
  %bits = bitcast double %sum to i64
  ret i64 %bits
}
define hidden arm_aapcscc i64 @__aeabi_l2d(i64 %x) nounwind {
  %high.wide = lshr i64 %x, 32
  %high = trunc i64 %high.wide to i32
  %low = trunc i64 %x to i32
  %high.float = sitofp i32 %high to double
  %high.part = fmul double %high.float, 0x41F0000000000000
  %low.float = uitofp i32 %low to double
  %sum = fadd double %high.part, %low.float
  %bits = bitcast double %sum to i64
  ret i64 %bits
}

; Through a double without rounding twice: of a number that has more bits than a double, the last
; eleven become one that says whether they were zero.
define hidden arm_aapcscc i32 @__aeabi_ul2f(i64 %x) nounwind {
  %top = lshr i64 %x, 53
  %exact = icmp eq i64 %top, 0
  %last = and i64 %x, 2047
  %inexact = icmp ne i64 %last, 0
  %sticky = select i1 %inexact, i64 2048, i64 0
  %kept = and i64 %x, -2048
  %rounded = or i64 %kept, %sticky
  %y = select i1 %exact, i64 %x, i64 %rounded
  %bits = call arm_aapcscc i64 @__aeabi_ul2d(i64 %y)
  %wide = bitcast i64 %bits to double
  %narrow = fptrunc double %wide to float
  %result = bitcast float %narrow to i32
  ret i32 %result
}
define hidden arm_aapcscc i32 @__aeabi_l2f(i64 %x) nounwind {
  %sign = ashr i64 %x, 63
  %flip = xor i64 %x, %sign
  %abs = sub i64 %flip, %sign
  %u = call arm_aapcscc i32 @__aeabi_ul2f(i64 %abs)
  %sign.half = trunc i64 %sign to i32
  %sign.bit = and i32 %sign.half, -2147483648
  %result = or i32 %u, %sign.bit
  ret i32 %result
}
declare i64 @llvm.ctlz.i64(i64, i1)
declare i32 @llvm.ctlz.i32(i32, i1)
)ir";

}  // namespace tenon::compiler
