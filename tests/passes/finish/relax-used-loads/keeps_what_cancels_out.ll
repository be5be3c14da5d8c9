; Loads of one place whose difference is stored are needed by nobody once they are seen to be equal; nor
; is what a place holds that is stored there again.
; RUN: tenon-opt -passes=relax-used-loads %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %a = load volatile i32
; CHECK: %b = load volatile i32
; CHECK-LABEL: @f1(
; CHECK: %same = load volatile i32
define void @f0(ptr swiftself %context, ptr %address, ptr %other) {
  %a = load volatile i32, ptr %address, align 1, !tbaa !1
  %b = load volatile i32, ptr %address, align 1, !tbaa !1
  %difference = sub i32 %a, %b
  store i32 %difference, ptr %other, align 1, !tbaa !1
  ret void
}
define void @f1(ptr swiftself %context, ptr %address) {
  %same = load volatile i32, ptr %address, align 1, !tbaa !1
  store i32 %same, ptr %address, align 1, !tbaa !1
  ret void
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
