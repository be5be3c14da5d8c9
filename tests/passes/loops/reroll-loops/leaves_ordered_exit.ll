; A loop that ends by an order (i < n) may run beyond n within a body of two copies, and stays.
; RUN: tenon-opt -passes=reroll-loops %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-COUNT-2: store double
; CHECK: add i32 %i, 16
define void @f0(ptr swiftself %context, ptr %base, double %x, i32 %n) {
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
  %next = add i32 %i, 16
  %again = icmp ult i32 %next, %n
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
