; A number that goes round a loop stays wide all the way: the phi, and what feeds it.
; RUN: tenon-opt -passes=extend-early %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %[[START:.*]] = zext i32 %start to i64
; CHECK: loop:
; CHECK: %[[I:.*]] = phi i64 [ %[[START]], %entry ], [ %[[NEXT:.*]], %loop ]
; CHECK-NOT: phi i32
; CHECK: getelementptr i8, ptr %base, i64 %[[I]]
; CHECK: %following = load i32
; CHECK-NEXT: %[[NEXT]] = zext i32 %following to i64
define void @f0(ptr swiftself %context, ptr %base, i32 %start) {
entry:
  br label %loop
loop:
  %i = phi i32 [ %start, %entry ], [ %following, %loop ]
  %wide = zext i32 %i to i64
  %address = getelementptr i8, ptr %base, i64 %wide
  %following = load i32, ptr %address
  %again = icmp ne i32 %following, 0
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
