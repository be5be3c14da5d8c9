; A loop from -400 to 0 in steps of 4 counts from 0 to 400, and uses the variable as it was.
; RUN: tenon-opt -passes=rebase-induction %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: loop:
; CHECK: %i = phi i32 [ 0, %entry ], [ %[[NEXT:.*]], %loop ]
; CHECK: %[[VALUE:.*]] = add i32 %i, -400
; CHECK: call void @use(i32 %[[VALUE]])
; CHECK: %[[NEXT]] = add i32 %i, 4
; CHECK: icmp ne i32 %[[NEXT]], 400
define void @f0(ptr swiftself %context) {
entry:
  br label %loop
loop:
  %i = phi i32 [ -400, %entry ], [ %next, %loop ]
  call void @use(i32 %i)
  %next = add i32 %i, 4
  %again = icmp ne i32 %next, 0
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
declare void @use(i32)
