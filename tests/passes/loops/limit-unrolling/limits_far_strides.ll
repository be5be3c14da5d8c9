; An innermost loop whose load moves on by more than 8192 bytes, up or down, is unrolled by two at
; most.
; RUN: tenon-opt -passes=limit-unrolling %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: br i1 %again, label %loop, label %exit, !llvm.loop ![[UP:[0-9]+]]
; CHECK-LABEL: @f1(
; CHECK: br i1 %again, label %loop, label %exit, !llvm.loop ![[DOWN:[0-9]+]]
; CHECK: ![[UP]] = distinct !{![[UP]], ![[TWO:[0-9]+]]}
; CHECK: ![[TWO]] = !{!"llvm.loop.unroll.count", i32 2}
; CHECK: ![[DOWN]] = distinct !{![[DOWN]], ![[TWO]]}
define void @f0(ptr swiftself %context, ptr %base, ptr %a, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %address = getelementptr i8, ptr %base, i64 %i
  %number = load i32, ptr %address, align 1
  store i32 %number, ptr %a
  %next = add i64 %i, 8196
  %again = icmp ult i64 %next, %n
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
define void @f1(ptr swiftself %context, ptr %base, ptr %a, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ %n, %entry ], [ %next, %loop ]
  %address = getelementptr i8, ptr %base, i64 %i
  %number = load i32, ptr %address, align 1
  store i32 %number, ptr %a
  %next = add i64 %i, -8196
  %again = icmp ne i64 %next, 0
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
