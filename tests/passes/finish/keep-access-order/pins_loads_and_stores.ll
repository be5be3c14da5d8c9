; Loads and stores are pinned, so that they stay in the module's order.
; RUN: tenon-opt -passes=keep-access-order %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: load volatile i32
; CHECK: store volatile i32
define void @f0(ptr swiftself %context, ptr %address) {
  %number = load i32, ptr %address, align 1, !tbaa !1
  store i32 %number, ptr %address, align 1, !tbaa !1
  ret void
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
