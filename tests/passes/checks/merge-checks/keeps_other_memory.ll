; Checks of one index against the sizes of two memories say nothing of each other.
; RUN: tenon-opt -passes=merge-checks %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: br i1 %outside, label %trap, label %inside
; CHECK: br i1 %outside2, label %trap, label %inside2
define void @f0(ptr swiftself %context, i32 %index) {
  %size = load i64, ptr %context, align 8, !tbaa !1
  %wide = zext i32 %index to i64
  %limit = add i64 %size, -12
  %outside = icmp ugt i64 %wide, %limit
  br i1 %outside, label %trap, label %inside
inside:
  %other = getelementptr inbounds i8, ptr %context, i64 16
  %size2 = load i64, ptr %other, align 8, !tbaa !1
  %limit2 = add i64 %size2, -4
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
