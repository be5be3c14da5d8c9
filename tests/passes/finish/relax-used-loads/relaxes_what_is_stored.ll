; A load whose value is stored on every path is kept for that, and need not be pinned.
; RUN: tenon-opt -passes=relax-used-loads %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: load i32
; CHECK: store i32
define void @f0(ptr swiftself %context, ptr %address, ptr %other) {
  %number = load volatile i32, ptr %address, align 1, !tbaa !1
  %sum = add i32 %number, 1
  store i32 %sum, ptr %other, align 1, !tbaa !1
  ret void
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
