; Outer loops and loops with several exits are not vectorised and gain from the longer form.
; RUN: tenon-opt -passes=narrow-induction %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: phi i64
; CHECK-NOT: phi i32
; CHECK-LABEL: @f1(
; CHECK: phi i64
; CHECK-NOT: phi i32
define void @f0(ptr swiftself %context, ptr %base, i32 %n, i1 %more) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %wide, %latch ]
  %address = getelementptr i8, ptr %base, i64 %i
  br label %inner
inner:
  store i32 7, ptr %address, align 1
  br i1 %more, label %inner, label %latch
latch:
  %narrow = trunc i64 %i to i32
  %next = add i32 %narrow, 4
  %wide = zext i32 %next to i64
  %again = icmp ult i32 %next, %n
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
define void @f1(ptr swiftself %context, ptr %base, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %wide, %latch ]
  %address = getelementptr i8, ptr %base, i64 %i
  %byte = load i8, ptr %address
  %found = icmp eq i8 %byte, 0
  br i1 %found, label %exit, label %latch
latch:
  %narrow = trunc i64 %i to i32
  %next = add i32 %narrow, 4
  %wide = zext i32 %next to i64
  %again = icmp ult i32 %next, %n
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
