; A loop that calls, or reads or writes memory atomically, stays as it is.
; RUN: tenon-opt -passes=reroll-loops %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-COUNT-2: call void @f1
; CHECK-LABEL: @f2(
; CHECK-COUNT-2: store atomic
define void @f0(ptr swiftself %context) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %sum = phi i32 [ 0, %entry ], [ %sum1, %loop ]
  call void @f1(ptr swiftself %context, i32 %i)
  %sum0 = add i32 %sum, %i
  %i1 = add i32 %i, 1
  call void @f1(ptr swiftself %context, i32 %i1)
  %sum1 = add i32 %sum0, %i1
  %next = add i32 %i, 2
  %again = icmp ne i32 %next, 100
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
declare void @f1(ptr swiftself, i32)
define void @f2(ptr swiftself %context, ptr %base) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %a0 = zext i32 %i to i64
  %p0 = getelementptr i8, ptr %base, i64 %a0
  store atomic i32 7, ptr %p0 seq_cst, align 4
  %i1 = add i32 %i, 4
  %a1 = zext i32 %i1 to i64
  %p1 = getelementptr i8, ptr %base, i64 %a1
  store atomic i32 7, ptr %p1 seq_cst, align 4
  %next = add i32 %i, 8
  %again = icmp ne i32 %next, 800
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
