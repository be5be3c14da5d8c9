; A sum of floating-point numbers over two copies is one in the same order; what is used after the
; loop is what the last copy adds to.
; RUN: tenon-opt -passes=reroll-loops %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %sum = phi double [ 0.000000e+00, %entry ], [ %s0, %loop ]
; CHECK: %s0 = fadd double %sum, %l0
; CHECK-NOT: fadd
; CHECK: ret double %s0
define double @f0(ptr swiftself %context, ptr %base) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %sum = phi double [ 0.0, %entry ], [ %s1, %loop ]
  %a0 = zext i32 %i to i64
  %p0 = getelementptr i8, ptr %base, i64 %a0
  %l0 = load double, ptr %p0, align 1
  %s0 = fadd double %sum, %l0
  %i1 = add i32 %i, 8
  %a1 = zext i32 %i1 to i64
  %p1 = getelementptr i8, ptr %base, i64 %a1
  %l1 = load double, ptr %p1, align 1
  %s1 = fadd double %l1, %s0
  %next = add i32 %i, 16
  %again = icmp ne i32 %next, 1600
  br i1 %again, label %loop, label %exit
exit:
  ret double %s1
}
