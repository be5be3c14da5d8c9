; Both loads come before both stores. In the rolled loop the second load would come after the first
; store, which may be to the same place: the loop stays as it is.
; RUN: tenon-opt -passes=reroll-loops %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-COUNT-2: store double
; CHECK: add i32 %i, 16
define void @f0(ptr swiftself %context, ptr %base, ptr %out) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %a0 = zext i32 %i to i64
  %p0 = getelementptr i8, ptr %base, i64 %a0
  %l0 = load double, ptr %p0, align 1
  %i1 = add i32 %i, 8
  %a1 = zext i32 %i1 to i64
  %p1 = getelementptr i8, ptr %base, i64 %a1
  %l1 = load double, ptr %p1, align 1
  %q0 = getelementptr i8, ptr %out, i64 %a0
  store double %l0, ptr %q0, align 1
  %q1 = getelementptr i8, ptr %out, i64 %a1
  store double %l1, ptr %q1, align 1
  %next = add i32 %i, 16
  %again = icmp ne i32 %next, 1600
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
