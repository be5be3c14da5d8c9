; In steps of 12 from 0 the limit of 4 is met after the variable has wrapped twice, in steps of 4 at
; once: the loop stays as it is.
; RUN: tenon-opt -passes=reroll-loops %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-COUNT-3: store i32 7
; CHECK: add i32 %i, 12
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
  %next = add i32 %i, 12
  %again = icmp ne i32 %next, 4
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
