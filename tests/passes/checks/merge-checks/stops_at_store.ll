; A check is not made for the reach of one after a store: the store must be done when that one traps.
; RUN: tenon-opt -passes=merge-checks %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: add i64 %size, -4
; CHECK-NOT: add i64 %size, -12
; CHECK: br i1 %outside, label %trap, label %inside
; CHECK: store i32 1
; CHECK: add i64 %size, -12
; CHECK: br i1 %outside2, label %trap, label %inside2
define void @f0(ptr swiftself %context, i32 %index, ptr %base) {
  %size = load i64, ptr %context, align 8, !tbaa !1
  %wide = zext i32 %index to i64
  %limit = add i64 %size, -4
  %outside = icmp ugt i64 %wide, %limit
  br i1 %outside, label %trap, label %inside
inside:
  %address = getelementptr i8, ptr %base, i64 %wide
  store i32 1, ptr %address, align 1, !tbaa !3
  %limit2 = add i64 %size, -12
  %outside2 = icmp ugt i64 %wide, %limit2
  br i1 %outside2, label %trap, label %inside2
inside2:
  ret void
trap:
  call void @tenon.trap(ptr %context, i32 2)
  unreachable
}
declare void @tenon.trap(ptr, i32) noreturn
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"memory descriptor", !0}
!3 = !{!4, !4, i64 0}
!4 = !{!"linear memory", !0}
