; A number of which one byte is changed in memory would be loaded and stored as that byte; so would a
; vector of which one element is changed.
; RUN: tenon-opt -passes=keep-accesses-whole %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %number = load i32
; CHECK: asm "", "=r,0"(i32 %number)
; CHECK: store i32
; CHECK-LABEL: @f1(
; CHECK: %vector = load <4 x i32>
; CHECK: asm "", "=x,0"(<4 x i32> %vector)
; CHECK: store <4 x i32>
define void @f0(ptr swiftself %context, ptr %address) {
  %number = load i32, ptr %address, align 1, !tbaa !1
  %changed = or i32 %number, 1
  store i32 %changed, ptr %address, align 1, !tbaa !1
  ret void
}
define void @f1(ptr swiftself %context, ptr %address, i32 %element) {
  %vector = load <4 x i32>, ptr %address, align 1, !tbaa !1
  %changed = insertelement <4 x i32> %vector, i32 %element, i32 0
  store <4 x i32> %changed, ptr %address, align 1, !tbaa !1
  ret void
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
