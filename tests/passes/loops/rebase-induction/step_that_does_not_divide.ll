; Where the step does not divide the distance, the variable meets the limit after wrapping, or never:
; it does so after as many iterations when both are moved by the start.
; RUN: tenon-opt -passes=rebase-induction %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %i = phi i32 [ 0, %entry ], [ %[[NEXT:.*]], %loop ]
; CHECK: %[[NEXT]] = add i32 %i, 7
; CHECK: icmp ne i32 %[[NEXT]], 402
define void @f0(ptr swiftself %context) {
entry:
  br label %loop
loop:
  %i = phi i32 [ -400, %entry ], [ %next, %loop ]
  call void @use(i32 %i)
  %next = add i32 %i, 7
  %again = icmp ne i32 %next, 2
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
declare void @use(i32)
