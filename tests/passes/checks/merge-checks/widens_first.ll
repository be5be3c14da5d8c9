; Of two checks of one index in a row, the first is made for the larger reach and the second goes.
; RUN: tenon-opt -passes=merge-checks %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %[[LIMIT:.*]] = add i64 %size, -12
; CHECK: icmp ugt i64 %{{.*}}, %[[LIMIT]]
; CHECK: br i1 false, label %trap, label %checked2
define void @f0(ptr swiftself %context, i32 %index) {
entry:
  %size = load i64, ptr %context, align 8, !tbaa !1
  %wide = zext i32 %index to i64
  %limit = add i64 %size, -4
  %outside = icmp ugt i64 %wide, %limit
  br i1 %outside, label %trap, label %checked
checked:
  %limit2 = add i64 %size, -12
  %outside2 = icmp ugt i64 %wide, %limit2
  br i1 %outside2, label %trap, label %checked2
checked2:
  ret void
trap:
  call void @tenon.trap(ptr %context, i32 2)
  unreachable
}
declare void @tenon.trap(ptr, i32) noreturn
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"memory descriptor", !0}
