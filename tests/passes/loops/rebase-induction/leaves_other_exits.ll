; A loop that ends by an order (i < 0), or whose exit is decided by a value used elsewhere too, or
; whose start is not a constant, stays as it is.
; RUN: tenon-opt -passes=rebase-induction %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: phi i32 [ -400, %entry ]
; CHECK: icmp slt i32 %next, 0
; CHECK-LABEL: @f1(
; CHECK: phi i32 [ -400, %entry ]
; CHECK: icmp ne i32 %next, 0
; CHECK-LABEL: @f2(
; CHECK: phi i32 [ %start, %entry ]
; CHECK: icmp ne i32 %next, 0
define void @f0(ptr swiftself %context) {
entry:
  br label %loop
loop:
  %i = phi i32 [ -400, %entry ], [ %next, %loop ]
  call void @use(i32 %i)
  %next = add i32 %i, 4
  %again = icmp slt i32 %next, 0
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
define i1 @f1(ptr swiftself %context) {
entry:
  br label %loop
loop:
  %i = phi i32 [ -400, %entry ], [ %next, %loop ]
  call void @use(i32 %i)
  %next = add i32 %i, 4
  %again = icmp ne i32 %next, 0
  br i1 %again, label %loop, label %exit
exit:
  ret i1 %again
}
define void @f2(ptr swiftself %context, i32 %start) {
entry:
  br label %loop
loop:
  %i = phi i32 [ %start, %entry ], [ %next, %loop ]
  call void @use(i32 %i)
  %next = add i32 %i, 4
  %again = icmp ne i32 %next, 0
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
declare void @use(i32)
