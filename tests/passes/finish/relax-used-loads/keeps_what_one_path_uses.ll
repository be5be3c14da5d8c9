; A load whose value one of two paths uses would be sunk into that path, and stays pinned. One that
; both use need not be.
; RUN: tenon-opt -passes=relax-used-loads %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %number = load volatile i32
; CHECK: %both = load i32
define void @f0(ptr swiftself %context, ptr %address, ptr %other, i1 %choice) {
  %number = load volatile i32, ptr %address, align 1, !tbaa !1
  %both = load volatile i32, ptr %address, align 1, !tbaa !1
  br i1 %choice, label %left, label %right
left:
  %sum = add i32 %number, %both
  store i32 %sum, ptr %other, align 1, !tbaa !1
  ret void
right:
  store i32 %both, ptr %other, align 1, !tbaa !1
  ret void
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
