; Three copies of 4 bytes: the step of 12 meets 1200 before it wraps, and so does 4.
; RUN: tenon-opt -passes=reroll-loops %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-COUNT-1: store i32 7
; CHECK-NOT: store i32 7
; CHECK: %[[NEXT:.*]] = add i32 %i, 4
; CHECK: icmp ne i32 %[[NEXT]], 1200
define void @f0(ptr swiftself %context, ptr %base) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %a0 = zext i32 %i to i64
  %p0 = getelementptr i8, ptr %base, i64 %a0
  store i32 7, ptr %p0, align 1
  %i1 = add i32 %i, 4
  %a1 = zext i32 %i1 to i64
  %p1 = getelementptr i8, ptr %base, i64 %a1
  store i32 7, ptr %p1, align 1
  %i2 = add i32 %i, 8
  %a2 = zext i32 %i2 to i64
  %p2 = getelementptr i8, ptr %base, i64 %a2
  store i32 7, ptr %p2, align 1
  %next = add nuw nsw i32 %i, 12
  %again = icmp ne i32 %next, 1200
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
