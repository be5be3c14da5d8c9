; So are loads that cancel out in two steps: x & ~x, and x + a - x.
; RUN: tenon-opt -passes=relax-used-loads %s | FileCheck %s
; XFAIL: only what one operation cancels is seen

; CHECK-LABEL: @f0(
; CHECK: %a = load volatile i32
; CHECK: %b = load volatile i32
; CHECK-LABEL: @f1(
; CHECK: %a = load volatile i32
; CHECK: %b = load volatile i32
define i32 @f0(ptr swiftself %context, ptr %address) {
  %a = load volatile i32, ptr %address, align 1, !tbaa !1
  %b = load volatile i32, ptr %address, align 1, !tbaa !1
  %inverse = xor i32 %b, -1
  %none = and i32 %a, %inverse
  ret i32 %none
}
define i32 @f1(ptr swiftself %context, ptr %address, i32 %x) {
  %a = load volatile i32, ptr %address, align 1, !tbaa !1
  %sum = add i32 %a, %x
  %b = load volatile i32, ptr %address, align 1, !tbaa !1
  %difference = sub i32 %sum, %b
  ret i32 %difference
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
