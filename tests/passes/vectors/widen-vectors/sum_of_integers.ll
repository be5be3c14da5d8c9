; A sum of integers is one in each half, of which one begins with zero, and both are added at the end.
; In another order it may wrap that did not: it has no flags.
; RUN: tenon-opt -passes=widen-vectors -cpu=x86-64-v3 %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: wide.check:
; CHECK: %[[START:.*]] = shufflevector <4 x i32> %y, <4 x i32> zeroinitializer, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 4, i32 4, i32 4>
; CHECK: wide:
; CHECK: %[[SUMS:.*]] = phi <8 x i32> [ %[[START]], %wide.check ], [ %[[NEXT:.*]], %wide ]
; CHECK: %[[NEXT]] = add <8 x i32>
; CHECK: wide.end:
; CHECK: %[[LOW:.*]] = shufflevector <8 x i32> %[[NEXT]], <8 x i32> poison, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
; CHECK: %[[HIGH:.*]] = shufflevector <8 x i32> %[[NEXT]], <8 x i32> poison, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
; CHECK: add <4 x i32> %[[LOW]], %[[HIGH]]
; CHECK: rest:
define <4 x i32> @f0(ptr swiftself %context, ptr %base, i32 %from, i32 %to, <4 x i32> %y, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %all = phi <4 x i32> [ %y, %entry ], [ %sum, %loop ]
  %distance = shl i32 %i, 4
  %index = add i32 %from, %distance
  %from.wide = zext i32 %index to i64
  %address = getelementptr i8, ptr %base, i64 %from.wide
  %x = load <4 x i32>, ptr %address, align 1, !tbaa !1
  %sum = add nuw nsw <4 x i32> %all, %x
  %index2 = add i32 %to, %distance
  %to.wide = zext i32 %index2 to i64
  %address2 = getelementptr i8, ptr %base, i64 %to.wide
  %next = add i32 %i, 1
  %again = icmp ult i32 %next, %n
  br i1 %again, label %loop, label %exit
exit:
  ret <4 x i32> %sum
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
