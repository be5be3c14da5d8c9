; A loop that counts down stays as it is, whatever its start and limit.
; RUN: tenon-opt -passes=rebase-induction %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: phi i32 [ -4, %entry ], [ %next, %loop ]
; CHECK: icmp ne i32 %next, -400
define void @f0(ptr swiftself %context) {
entry:
  br label %loop
loop:
  %i = phi i32 [ -4, %entry ], [ %next, %loop ]
  call void @use(i32 %i)
  %next = add i32 %i, -4
  %again = icmp ne i32 %next, -400
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
declare void @use(i32)
