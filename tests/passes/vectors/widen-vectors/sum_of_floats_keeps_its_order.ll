; A sum of floating-point numbers is taken one vector after the other.
; RUN: tenon-opt -passes=widen-vectors -cpu=x86-64-v3 %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: wide:
; CHECK: %[[SUM:.*]] = phi <4 x float>
; CHECK: %[[BOTH:.*]] = load <8 x float>
; CHECK: %[[FIRST:.*]] = shufflevector <8 x float> %[[BOTH]], <8 x float> poison, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
; CHECK: %[[SUM1:.*]] = fadd <4 x float> %[[SUM]], %[[FIRST]]
; CHECK: %[[SECOND:.*]] = shufflevector <8 x float> %[[BOTH]], <8 x float> poison, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
; CHECK: fadd <4 x float> %[[SUM1]], %[[SECOND]]
; CHECK: wide.end:
define <4 x float> @f0(ptr swiftself %context, ptr %base, i32 %from, i32 %to, <4 x float> %y, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %all = phi <4 x float> [ %y, %entry ], [ %sum, %loop ]
  %distance = shl i32 %i, 4
  %index = add i32 %from, %distance
  %from.wide = zext i32 %index to i64
  %address = getelementptr i8, ptr %base, i64 %from.wide
  %x = load <4 x float>, ptr %address, align 1, !tbaa !1
  %sum = fadd <4 x float> %all, %x
  %index2 = add i32 %to, %distance
  %to.wide = zext i32 %index2 to i64
  %address2 = getelementptr i8, ptr %base, i64 %to.wide
  %next = add i32 %i, 1
  %again = icmp ult i32 %next, %n
  br i1 %again, label %loop, label %exit
exit:
  ret <4 x float> %sum
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
