; The start may be any number of 64 bits that is known to fit into 32.
; RUN: tenon-opt -passes=narrow-induction %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %[[START:.*]] = trunc i64 %start to i32
; CHECK: phi i32 [ %[[START]], %entry ], [ %next, %loop ]
; CHECK-NOT: phi i64
define void @f0(ptr swiftself %context, ptr %base, i32 %first, i32 %step, i32 %n) {
entry:
  %start = zext i32 %first to i64
  br label %loop
loop:
  %i = phi i64 [ %start, %entry ], [ %wide, %loop ]
  %address = getelementptr i8, ptr %base, i64 %i
  store i32 7, ptr %address, align 1
  %narrow = trunc i64 %i to i32
  %next = add i32 %step, %narrow
  %wide = zext i32 %next to i64
  %again = icmp ult i32 %next, %n
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
