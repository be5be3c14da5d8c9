; A comparison that the program itself makes with memory.size - 100, which wraps where the memory is
; smaller, covers no check.
; RUN: tenon-opt -passes=merge-checks %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: br i1 %too_far, label %unreachable, label %near
; CHECK: br i1 %outside, label %trap, label %inside
define void @f0(ptr swiftself %context, i64 %index) {
  %size = load i64, ptr %context, align 8, !tbaa !1
  %end = add i64 %size, -100
  %too_far = icmp ugt i64 %index, %end
  br i1 %too_far, label %unreachable, label %near
near:
  %limit = add nuw i64 %size, -1
  %outside = icmp ugt i64 %index, %limit
  br i1 %outside, label %trap, label %inside
inside:
  ret void
trap:
  call void @tenon.trap(ptr %context, i32 2)
  unreachable
unreachable:
  call void @tenon.trap(ptr %context, i32 1)
  unreachable
}
declare void @tenon.trap(ptr, i32) noreturn
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"memory descriptor", !0}
!3 = !{!4, !4, i64 0}
!4 = !{!"linear memory", !0}
