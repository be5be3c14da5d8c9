; Between a check and one of its index with a larger reach another check may lie, as both trap alike.
; RUN: tenon-opt -passes=merge-checks %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %[[LIMIT:.*]] = add i64 %size, -16
; CHECK: %[[OUTSIDE:.*]] = icmp ugt i64 %{{.*}}, %[[LIMIT]]
; CHECK: br i1 %[[OUTSIDE]], label %trap, label %inside
; CHECK: br i1 %outside2, label %trap, label %inside2
; CHECK: br i1 false, label %trap, label %inside3
; CHECK: br i1 false, label %trap, label %inside4
define void @f0(ptr swiftself %context, i32 %index, i32 %index2) {
  %size = load i64, ptr %context, align 8, !tbaa !1
  %wide = zext i32 %index to i64
  %limit = add i64 %size, -4
  %outside = icmp ugt i64 %wide, %limit
  br i1 %outside, label %trap, label %inside
inside:
  %wide2 = zext i32 %index2 to i64
  %outside2 = icmp ugt i64 %wide2, %limit
  br i1 %outside2, label %trap, label %inside2
inside2:
  %limit3 = add i64 %size, -16
  %outside3 = icmp ugt i64 %wide, %limit3
  br i1 %outside3, label %trap, label %inside3
inside3:
  %limit4 = add i64 %size, -8
  %outside4 = icmp ugt i64 %wide, %limit4
  br i1 %outside4, label %trap, label %inside4
inside4:
  ret void
trap:
  call void @tenon.trap(ptr %context, i32 2)
  unreachable
}
declare void @tenon.trap(ptr, i32) noreturn
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"memory descriptor", !0}
