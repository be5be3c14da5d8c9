; The first check is made for the larger reach in its own form, here with the trap second.
; RUN: tenon-opt -passes=merge-checks %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %[[LIMIT:.*]] = add i64 %size, -12
; CHECK: %[[OUTSIDE:.*]] = icmp ugt i64 %{{.*}}, %[[LIMIT]]
; CHECK: %[[INSIDE:.*]] = xor i1 %[[OUTSIDE]], true
; CHECK: br i1 %[[INSIDE]], label %inside, label %trap
; CHECK: br i1 true, label %inside2, label %trap
define void @f0(ptr swiftself %context, i64 %index) {
  %size = load i64, ptr %context, align 8, !tbaa !1
  %limit = add i64 %size, -4
  %fits = icmp ule i64 %index, %limit
  br i1 %fits, label %inside, label %trap
inside:
  %limit2 = add i64 %size, -12
  %fits2 = icmp ule i64 %index, %limit2
  br i1 %fits2, label %inside2, label %trap
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
