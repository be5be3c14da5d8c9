; What held for the first copy of a number (it is even, below 2^31, aligned) does not hold for all:
; no flags and no alignment stay.
; RUN: tenon-opt -passes=reroll-loops %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: zext i32 %i to i64
; CHECK: load i32, ptr %p0, align 1
; CHECK: %[[ODD:.*]] = add i32 %i, 1
; CHECK: mul i32 %l0, %[[ODD]]
; CHECK: %[[NEXT:.*]] = add i32 %i, 4
; CHECK: icmp ne i32 %[[NEXT]], 1600
define i32 @f0(ptr swiftself %context, ptr %base) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %sum = phi i32 [ 0, %entry ], [ %s1, %loop ]
  %a0 = zext nneg i32 %i to i64
  %p0 = getelementptr i8, ptr %base, i64 %a0
  %l0 = load i32, ptr %p0, align 8
  %n0 = or disjoint i32 %i, 1
  %m0 = mul nuw nsw i32 %l0, %n0
  %s0 = add i32 %sum, %m0
  %i1 = or disjoint i32 %i, 4
  %a1 = zext i32 %i1 to i64
  %p1 = getelementptr i8, ptr %base, i64 %a1
  %l1 = load i32, ptr %p1, align 4
  %n1 = add nuw nsw i32 %i, 5
  %m1 = mul i32 %l1, %n1
  %s1 = add i32 %s0, %m1
  %next = add nuw nsw i32 %i, 8
  %again = icmp ne i32 %next, 1600
  br i1 %again, label %loop, label %exit
exit:
  ret i32 %s1
}
