; A loop that ends where i == n, in steps of 8, cannot be counted: if 8 does not divide n, it runs
; until it traps.
; RUN: tenon-opt -passes=loop-simplify,hoist-checks,simplifycfg %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-COUNT-1: store i32 7
; CHECK-NOT: store i32 7
define void @f0(ptr swiftself %context, ptr %base, i64 %limit, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %inside ]
  %outside = icmp ugt i64 %i, %limit
  br i1 %outside, label %trap, label %inside
inside:
  %address = getelementptr i8, ptr %base, i64 %i
  store i32 7, ptr %address, align 1, !tbaa !1
  %next = add i64 %i, 8
  %again = icmp ne i64 %next, %n
  br i1 %again, label %loop, label %exit
exit:
  ret void
trap:
  call void @trap()
  unreachable
}
declare void @trap() noreturn
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
