; A loop that loads what the iteration before has stored cannot be taken two iterations at once.
; RUN: tenon-opt -passes=widen-vectors -cpu=x86-64-v3 %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-NOT: wide.check
define <4 x i32> @f0(ptr swiftself %context, ptr %base, i32 %from, i32 %to, <4 x i32> %y, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %distance = shl i32 %i, 4
  %index = add i32 %from, %distance
  %from.wide = zext i32 %index to i64
  %address = getelementptr i8, ptr %base, i64 %from.wide
  %x = load <4 x i32>, ptr %address, align 1, !tbaa !1
  %sum = add nuw <4 x i32> %x, %y
  %index2 = add i32 %index, 16
  %to.wide = zext i32 %index2 to i64
  %address2 = getelementptr i8, ptr %base, i64 %to.wide
  store <4 x i32> %sum, ptr %address2, align 1, !tbaa !1
  %next = add i32 %i, 1
  %again = icmp ult i32 %next, %n
  br i1 %again, label %loop, label %exit
exit:
  ret <4 x i32> %y
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
