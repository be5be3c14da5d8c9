; So has a vector that is selected in parts, also after another operation: it would be a masked load.
; RUN: tenon-opt -passes=separate-selected-loads %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %vector = load volatile <4 x i32>
; CHECK: %[[KEPT:.*]] = call <4 x i32> asm "", "=x,0"(<4 x i32> %vector)
; CHECK: add <4 x i32> %[[KEPT]], %other
define <4 x i32> @f0(ptr swiftself %context, ptr %address, <4 x i32> %other, <4 x i1> %choice) {
  %vector = load volatile <4 x i32>, ptr %address, align 1, !tbaa !1
  %sum = add <4 x i32> %vector, %other
  %chosen = select <4 x i1> %choice, <4 x i32> %sum, <4 x i32> zeroinitializer
  ret <4 x i32> %chosen
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
