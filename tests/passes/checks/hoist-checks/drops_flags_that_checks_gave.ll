; The same loop where an earlier check let InstCombine say that i + 8 does not wrap: without the
; check nothing says so, and the loop cannot be counted.
; RUN: tenon-opt -passes=loop-simplify,hoist-checks,simplifycfg %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-COUNT-1: store i32 7
; CHECK-NOT: store i32 7
define void @f0(ptr swiftself %context, ptr %base, i64 %limit, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %inside ]
  %too_large = icmp ugt i64 %i, 50000
  br i1 %too_large, label %unreachable, label %check
check:
  %outside = icmp ugt i64 %i, %limit
  br i1 %outside, label %trap, label %inside
inside:
  %address = getelementptr i8, ptr %base, i64 %i
  store i32 7, ptr %address, align 1, !tbaa !1
  %next = add nuw nsw i64 %i, 8
  %again = icmp ne i64 %next, %n
  br i1 %again, label %loop, label %exit
exit:
  ret void
unreachable:
  call void @trap()
  unreachable
trap:
  call void @trap()
  unreachable
}
declare void @trap() noreturn
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
