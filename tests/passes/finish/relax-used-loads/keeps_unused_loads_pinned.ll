; A load that nothing uses, or only what nothing uses, stays pinned: its trap is all that it does.
; RUN: tenon-opt -passes=relax-used-loads %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %unused = load volatile i32
; CHECK: %summand = load volatile i32
define void @f0(ptr swiftself %context, ptr %address) {
  %unused = load volatile i32, ptr %address, align 1, !tbaa !1
  %summand = load volatile i32, ptr %address, align 1, !tbaa !1
  %sum = add i32 %summand, 1
  ret void
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
