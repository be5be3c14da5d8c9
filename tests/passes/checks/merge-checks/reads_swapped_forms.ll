; A check is known in the forms that InstCombine gives it: limit < index, and with the trap as the
; second successor.
; RUN: tenon-opt -passes=merge-checks %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: br i1 %outside, label %trap, label %inside
; CHECK: br i1 true, label %inside2, label %trap
define void @f0(ptr swiftself %context, i64 %index) {
  %size = load i64, ptr %context, align 8, !tbaa !1
  %limit = add i64 %size, -12
  %outside = icmp ult i64 %limit, %index
  br i1 %outside, label %trap, label %inside
inside:
  %limit2 = add i64 %size, -4
  %fits = icmp ule i64 %index, %limit2
  br i1 %fits, label %inside2, label %trap
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
