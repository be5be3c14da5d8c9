; A minimum may be taken of one number twice: both halves begin with what the loop begins with.
; RUN: tenon-opt -passes=widen-vectors -cpu=x86-64-v3 %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: wide.check:
; CHECK: shufflevector <4 x i32> %y, <4 x i32> zeroinitializer, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 0, i32 1, i32 2, i32 3>
; CHECK: call <8 x i32> @llvm.umin.v8i32
; CHECK: wide.end:
; CHECK: call <4 x i32> @llvm.umin.v4i32
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
  %sum = call <4 x i32> @llvm.umin.v4i32(<4 x i32> %all, <4 x i32> %x)
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
