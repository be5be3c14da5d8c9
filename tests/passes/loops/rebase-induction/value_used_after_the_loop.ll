; Uses after the loop get the value that the variable had: the last one is -4, and the next one 0.
; RUN: tenon-opt -passes=rebase-induction,instcombine %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %i = phi i32 [ 0, %entry ], [ %[[NEXT:.*]], %loop ]
; CHECK-DAG: %[[VALUE:.*]] = add {{.*}}i32 %i, -400
; CHECK-DAG: %[[FOLLOWING:.*]] = add {{.*}}i32 %i, -396
; CHECK: insertvalue { i32, i32 } {{.*}}, i32 %[[VALUE]], 0
; CHECK: insertvalue { i32, i32 } {{.*}}, i32 %[[FOLLOWING]], 1
define { i32, i32 } @f0(ptr swiftself %context) {
entry:
  br label %loop
loop:
  %i = phi i32 [ -400, %entry ], [ %next, %loop ]
  call void @use(i32 %i)
  %next = add nsw i32 %i, 4
  %again = icmp ne i32 %next, 0
  br i1 %again, label %loop, label %exit
exit:
  %one = insertvalue { i32, i32 } poison, i32 %i, 0
  %two = insertvalue { i32, i32 } %one, i32 %next, 1
  ret { i32, i32 } %two
}
declare void @use(i32)
