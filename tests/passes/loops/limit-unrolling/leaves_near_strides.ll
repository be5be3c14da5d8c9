; Loads that move on by 8192 bytes, by a distance that is not known, or not at all, and stores,
; limit nothing.
; RUN: tenon-opt -passes=limit-unrolling %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-NOT: llvm.loop
define void @f0(ptr swiftself %context, ptr %base, i64 %m, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %j = phi i64 [ 0, %entry ], [ %j.next, %loop ]
  %k = phi i64 [ 0, %entry ], [ %k.next, %loop ]
  %address = getelementptr i8, ptr %base, i64 %i
  %number = load i32, ptr %address, align 1
  %address2 = getelementptr i8, ptr %base, i64 %j
  %number2 = load i32, ptr %address2, align 1
  %number3 = load i32, ptr %base, align 1
  %sum = add i32 %number, %number2
  %sum2 = add i32 %sum, %number3
  %address3 = getelementptr i8, ptr %base, i64 %k
  store i32 %sum2, ptr %address3
  %next = add i64 %i, 8192
  %j.next = add i64 %j, %m
  %k.next = add i64 %k, 9000
  %again = icmp ult i64 %next, %n
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
