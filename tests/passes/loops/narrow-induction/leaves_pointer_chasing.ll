; The next element of a list, loaded and extended, is no recurrence; nor is a step that changes.
; RUN: tenon-opt -passes=narrow-induction %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: phi i64
; CHECK-NOT: phi i32
; CHECK-LABEL: @f1(
; CHECK: phi i64
; CHECK-NOT: phi i32
define void @f0(ptr swiftself %context, ptr %base) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 8, %entry ], [ %wide, %loop ]
  %address = getelementptr i8, ptr %base, i64 %i
  %next = load i32, ptr %address, align 1
  %wide = zext i32 %next to i64
  %again = icmp ne i32 %next, 0
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
define void @f1(ptr swiftself %context, ptr %base) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 8, %entry ], [ %wide, %loop ]
  %address = getelementptr i8, ptr %base, i64 %i
  %step = load i32, ptr %address, align 1
  %narrow = trunc i64 %i to i32
  %next = add i32 %narrow, %step
  %wide = zext i32 %next to i64
  %again = icmp ne i32 %next, 0
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
