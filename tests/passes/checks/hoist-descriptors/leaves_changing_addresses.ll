; A descriptor whose address changes in the loop, and a load that is none of a memory's descriptor,
; stay where they are.
; RUN: tenon-opt -passes=hoist-descriptors %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: loop:
; CHECK: load i64, ptr %descriptor, align 8, !tbaa
; CHECK: load i64, ptr %context, align 8, !tbaa
define void @f0(ptr swiftself %context, ptr %a, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %descriptor = getelementptr inbounds i8, ptr %context, i64 %i
  %size = load i64, ptr %descriptor, align 8, !tbaa !1
  %elements = load i64, ptr %context, align 8, !tbaa !3
  %sum = add i64 %size, %elements
  store i64 %sum, ptr %a
  %next = add i64 %i, 24
  %again = icmp ne i64 %next, %n
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
!3 = !{!4, !4, i64 0}
!4 = !{!"table descriptor", !0}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"memory descriptor", !0}
