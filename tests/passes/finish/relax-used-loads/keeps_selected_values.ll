; A value that is only selected, or one side of a condition of two, counts as used on one path.
; RUN: tenon-opt -passes=relax-used-loads %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %number = load volatile i32
; CHECK: %side = load volatile i1
define void @f0(ptr swiftself %context, ptr %address, ptr %other, i1 %choice) {
  %number = load volatile i32, ptr %address, align 1, !tbaa !1
  %chosen = select i1 %choice, i32 %number, i32 0
  store i32 %chosen, ptr %other, align 1, !tbaa !1
  %side = load volatile i1, ptr %address, align 1, !tbaa !1
  %both = and i1 %side, %choice
  %bit = zext i1 %both to i32
  store i32 %bit, ptr %other, align 1, !tbaa !1
  ret void
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
