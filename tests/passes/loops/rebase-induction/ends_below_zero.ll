; From -400 to -100 nothing wraps, as the limit is larger as an unsigned number too: the loop stays as
; it is.
; RUN: tenon-opt -passes=rebase-induction %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %i = phi i32 [ -400, %entry ], [ %next, %loop ]
; CHECK: %next = add i32 %i, 4
; CHECK: icmp ne i32 %next, -100
define void @f0(ptr swiftself %context) {
entry:
  br label %loop
loop:
  %i = phi i32 [ -400, %entry ], [ %next, %loop ]
  call void @use(i32 %i)
  %next = add i32 %i, 4
  %again = icmp ne i32 %next, -100
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
declare void @use(i32)
