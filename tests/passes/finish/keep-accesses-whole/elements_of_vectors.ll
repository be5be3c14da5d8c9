; A vector of which only the first element is needed would be a load of that; if its last one is
; needed, all of it is read.
; RUN: tenon-opt -passes=keep-accesses-whole %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: asm "", "=x,0"(<4 x i32> %vector)
; CHECK-LABEL: @f1(
; CHECK: asm "", "=x,0"(<4 x i32> %vector)
; CHECK-LABEL: @f2(
; CHECK-NOT: asm
; CHECK: ret i32
define i32 @f0(ptr swiftself %context, ptr %address) {
  %vector = load <4 x i32>, ptr %address, align 1, !tbaa !1
  %element = extractelement <4 x i32> %vector, i32 0
  ret i32 %element
}
define <4 x i32> @f1(ptr swiftself %context, ptr %address) {
  %vector = load <4 x i32>, ptr %address, align 1, !tbaa !1
  %low = shufflevector <4 x i32> %vector, <4 x i32> poison, <4 x i32> <i32 0, i32 0, i32 1, i32 1>
  ret <4 x i32> %low
}
define i32 @f2(ptr swiftself %context, ptr %address) {
  %vector = load <4 x i32>, ptr %address, align 1, !tbaa !1
  %element = extractelement <4 x i32> %vector, i32 3
  ret i32 %element
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
