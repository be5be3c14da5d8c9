; The byte shuffle of the processor has a form of 256 bits that does the same in each half.
; RUN: tenon-opt -passes=widen-vectors -cpu=x86-64-v3 %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: call <32 x i8> @llvm.x86.avx2.pshuf.b(<32 x i8>
define <16 x i8> @f0(ptr swiftself %context, ptr %base, i32 %from, i32 %to, <16 x i8> %y, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %distance = shl i32 %i, 4
  %index = add i32 %from, %distance
  %from.wide = zext i32 %index to i64
  %address = getelementptr i8, ptr %base, i64 %from.wide
  %x = load <16 x i8>, ptr %address, align 1, !tbaa !1
  %sum = call <16 x i8> @llvm.x86.ssse3.pshuf.b.128(<16 x i8> %x, <16 x i8> %y)
  %index2 = add i32 %to, %distance
  %to.wide = zext i32 %index2 to i64
  %address2 = getelementptr i8, ptr %base, i64 %to.wide
  store <16 x i8> %sum, ptr %address2, align 1, !tbaa !1
  %next = add i32 %i, 1
  %again = icmp ult i32 %next, %n
  br i1 %again, label %loop, label %exit
exit:
  ret <16 x i8> %y
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
