; A distance that is not known to be a multiple of the size is that of another array, as a rule.
; RUN: tenon-opt -passes=split-loops %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-NOT: round
define void @f0(ptr swiftself %context, ptr %base, i32 %row, i32 %c, i32 %n) {
entry:
  %offset = shl i32 %c, 1
  %k = add i32 %row, %offset
  %k.wide = zext i32 %k to i64
  %pivot = getelementptr i8, ptr %base, i64 %k.wide
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %to = phi i32 [ %row, %entry ], [ %to.next, %loop ]
  %a = load i32, ptr %pivot, align 1
  %sum = add i32 %a, %i
  %to.wide = zext i32 %to to i64
  %place = getelementptr i8, ptr %base, i64 %to.wide
  store i32 %sum, ptr %place, align 1
  %to.next = add i32 %to, 4
  %next = add i32 %i, 1
  %again = icmp ult i32 %next, %n
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
