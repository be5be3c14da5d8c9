; A check is not made for the reach of one that leads to another trap, nor of one after such: which
; of two traps comes first is part of the result.
; RUN: tenon-opt -passes=merge-checks %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: br i1 %outside, label %trap, label %inside
; CHECK: br i1 %by_zero, label %division, label %nonzero
; CHECK: br i1 %outside2, label %trap, label %inside2
; CHECK-LABEL: @f1(
; CHECK: %limit = add i64 %size, -4
; CHECK-NOT: add i64 %size, -12
; CHECK: br i1 %outside, label %trap, label %inside
; CHECK: br i1 %outside2, label %other, label %inside2
define void @f0(ptr swiftself %context, i32 %index, i32 %divisor) {
  %size = load i64, ptr %context, align 8, !tbaa !1
  %wide = zext i32 %index to i64
  %limit = add i64 %size, -4
  %outside = icmp ugt i64 %wide, %limit
  br i1 %outside, label %trap, label %inside
inside:
  %by_zero = icmp eq i32 %divisor, 0
  br i1 %by_zero, label %division, label %nonzero
nonzero:
  %limit2 = add i64 %size, -12
  %outside2 = icmp ugt i64 %wide, %limit2
  br i1 %outside2, label %trap, label %inside2
inside2:
  ret void
trap:
  call void @tenon.trap(ptr %context, i32 2)
  unreachable
division:
  call void @tenon.trap(ptr %context, i32 2)
  unreachable
}
define void @f1(ptr swiftself %context, i32 %index) {
  %size = load i64, ptr %context, align 8, !tbaa !1
  %wide = zext i32 %index to i64
  %limit = add i64 %size, -4
  %outside = icmp ugt i64 %wide, %limit
  br i1 %outside, label %trap, label %inside
inside:
  %limit2 = add i64 %size, -12
  %outside2 = icmp ugt i64 %wide, %limit2
  br i1 %outside2, label %other, label %inside2
inside2:
  ret void
trap:
  call void @tenon.trap(ptr %context, i32 2)
  unreachable
other:
  call void @tenon.trap(ptr %context, i32 2)
  unreachable
}
declare void @tenon.trap(ptr, i32) noreturn
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"memory descriptor", !0}
!3 = !{!4, !4, i64 0}
!4 = !{!"linear memory", !0}
