; A loop of integers whose count is not known is taken for a short one, with nothing to win.
; RUN: tenon-opt -passes=reroll-loops %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-COUNT-2: store i32
; CHECK: add i32 %i, 8
define void @f0(ptr swiftself %context, ptr %base, i32 %m) {
entry:
  %n = and i32 %m, -8
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
  %next = add i32 %i, 8
  %again = icmp ne i32 %next, %n
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
