; A variable of 64 bits whose next value is the extension of 32 bits becomes one of 32 bits, extended
; where it is used; what truncated it uses it as it is.
; RUN: tenon-opt -passes=narrow-induction %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %[[I:.*]] = phi i32 [ 0, %entry ], [ %next, %loop ]
; CHECK-NOT: phi i64
; CHECK: %[[WIDE:.*]] = zext i32 %[[I]] to i64
; CHECK: getelementptr i8, ptr %base, i64 %[[WIDE]]
; CHECK: %next = add i32 %[[I]], 4
define void @f0(ptr swiftself %context, ptr %base, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %wide, %loop ]
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
