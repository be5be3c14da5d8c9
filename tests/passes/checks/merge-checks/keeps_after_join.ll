; A check on one of two paths covers nothing where they meet.
; RUN: tenon-opt -passes=merge-checks %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: br i1 %outside, label %trap, label %join
; CHECK: br i1 %outside2, label %trap, label %inside2
; CHECK-LABEL: @f1(
; CHECK: join:
; CHECK: br i1 %outside2, label %trap, label %inside2
define void @f0(ptr swiftself %context, i32 %index, i1 %choice) {
  %size = load i64, ptr %context, align 8, !tbaa !1
  %wide = zext i32 %index to i64
  br i1 %choice, label %check, label %join
check:
  %limit = add i64 %size, -12
  %outside = icmp ugt i64 %wide, %limit
  br i1 %outside, label %trap, label %join
join:
  %limit2 = add i64 %size, -4
  %outside2 = icmp ugt i64 %wide, %limit2
  br i1 %outside2, label %trap, label %inside2
inside2:
  ret void
trap:
  call void @tenon.trap(ptr %context, i32 2)
  unreachable
}
define void @f1(ptr swiftself %context, i32 %index, i1 %choice) {
  %size = load i64, ptr %context, align 8, !tbaa !1
  %wide = zext i32 %index to i64
  br i1 %choice, label %join, label %check
join:
  %limit2 = add i64 %size, -4
  %outside2 = icmp ugt i64 %wide, %limit2
  br i1 %outside2, label %trap, label %inside2
check:
  %limit = add i64 %size, -12
  %outside = icmp ugt i64 %wide, %limit
  br i1 %outside, label %trap, label %join
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
