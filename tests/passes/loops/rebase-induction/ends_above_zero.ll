; From -8 to 40, through 0, is 48 in all; the exit may be where the two are equal.
; RUN: tenon-opt -passes=rebase-induction %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %i = phi i64 [ 0, %entry ], [ %[[NEXT:.*]], %loop ]
; CHECK: %[[NEXT]] = add i64 %i, 8
; CHECK: %[[ENDS:.*]] = icmp eq i64 %[[NEXT]], 48
; CHECK: br i1 %[[ENDS]], label %exit, label %loop
define void @f0(ptr swiftself %context) {
entry:
  br label %loop
loop:
  %i = phi i64 [ -8, %entry ], [ %next, %loop ]
  call void @use(i64 %i)
  %next = add i64 %i, 8
  %ends = icmp eq i64 %next, 40
  br i1 %ends, label %exit, label %loop
exit:
  ret void
}
declare void @use(i64)
