; Copies that do not do the same (a product and a quotient) or do not go on by equal distances (0, 8
; and then 24) are no copies.
; RUN: tenon-opt -passes=reroll-loops %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-COUNT-2: store double
; CHECK: add i32 %i, 16
; CHECK-LABEL: @f1(
; CHECK-COUNT-2: store double
; CHECK: add i32 %i, 24
define void @f0(ptr swiftself %context, ptr %base, double %x) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %a0 = zext i32 %i to i64
  %p0 = getelementptr i8, ptr %base, i64 %a0
  %l0 = load double, ptr %p0, align 1
  %m0 = fmul double %l0, %x
  store double %m0, ptr %p0, align 1
  %i1 = add i32 %i, 8
  %a1 = zext i32 %i1 to i64
  %p1 = getelementptr i8, ptr %base, i64 %a1
  %l1 = load double, ptr %p1, align 1
  %m1 = fdiv double %l1, %x
  store double %m1, ptr %p1, align 1
  %next = add i32 %i, 16
  %again = icmp ne i32 %next, 1600
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
define void @f1(ptr swiftself %context, ptr %base, double %x) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %a0 = zext i32 %i to i64
  %p0 = getelementptr i8, ptr %base, i64 %a0
  store double %x, ptr %p0, align 1
  %i1 = add i32 %i, 8
  %a1 = zext i32 %i1 to i64
  %p1 = getelementptr i8, ptr %base, i64 %a1
  store double %x, ptr %p1, align 1
  %next = add i32 %i, 24
  %again = icmp ne i32 %next, 2400
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
