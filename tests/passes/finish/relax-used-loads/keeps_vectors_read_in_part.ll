; A vector of which the last element is not needed stays pinned although the others are.
; RUN: tenon-opt -passes=relax-used-loads %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %part = load volatile <4 x i32>
; CHECK: %whole = load <4 x i32>
define void @f0(ptr swiftself %context, ptr %address, ptr %other) {
  %part = load volatile <4 x i32>, ptr %address, align 1, !tbaa !1
  %first = extractelement <4 x i32> %part, i32 0
  store i32 %first, ptr %other, align 1, !tbaa !1
  %whole = load volatile <4 x i32>, ptr %address, align 1, !tbaa !1
  store <4 x i32> %whole, ptr %other, align 1, !tbaa !1
  ret void
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
