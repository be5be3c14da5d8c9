; After the loop the last value, as 64 bits, and the next one are what they were.
; RUN: tenon-opt -passes=narrow-induction %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %[[I:.*]] = phi i32 [ 0, %entry ], [ %next, %loop ]
; CHECK: %[[WIDE:.*]] = zext i32 %[[I]] to i64
; CHECK: %wide = zext i32 %next to i64
; CHECK: exit:
; CHECK: %result = sub i64 %wide, %[[WIDE]]
define i64 @f0(ptr swiftself %context, ptr %base, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %wide, %loop ]
  %narrow = trunc i64 %i to i32
  %next = add i32 %narrow, 4
  %wide = zext i32 %next to i64
  %again = icmp ult i32 %next, %n
  br i1 %again, label %loop, label %exit
exit:
  %result = sub i64 %wide, %i
  ret i64 %result
}
