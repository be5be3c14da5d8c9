; A start that may have bits above the 32nd needs all 64 in the first iteration.
; RUN: tenon-opt -passes=narrow-induction %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: phi i64 [ %start, %entry ], [ %wide, %loop ]
; CHECK-NOT: phi i32
define void @f0(ptr swiftself %context, ptr %base, i64 %start, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ %start, %entry ], [ %wide, %loop ]
  %address = getelementptr i8, ptr %base, i64 %i
  store i32 7, ptr %address, align 1
  %narrow = trunc i64 %i to i32
  %next = add i32 %narrow, 4
  %wide = zext i32 %next to i64
  %again = icmp ult i32 %next, %n
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
