; A value whose store another store overwrites unread is needed by nobody.
; RUN: tenon-opt -passes=relax-used-loads %s | FileCheck %s
; XFAIL: that a store is dead is seen only after the loads have been relaxed

; CHECK-LABEL: @f0(
; CHECK: %number = load volatile i32
define void @f0(ptr swiftself %context, ptr %address, ptr %other) {
  %number = load volatile i32, ptr %address, align 1, !tbaa !1
  store i32 %number, ptr %other, align 1, !tbaa !1
  store i32 7, ptr %other, align 1, !tbaa !1
  ret void
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
