; A check that does not change in the loop is tested as it is.
; RUN: tenon-opt -passes=loop-simplify,hoist-checks,simplifycfg %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %[[HOLDS:.*]] = xor i1 %outside, true
; CHECK: %[[ALL:.*]] = and i1 {{.*}}%[[HOLDS]]
; CHECK: br i1 %[[ALL]], label %[[FREE:.*]], label %[[CHECKED:[^,]*]],
; CHECK: [[CHECKED]]:
; CHECK: br i1 %outside, label %trap
; CHECK: [[FREE]]:
; CHECK-NOT: label %trap
; CHECK: trap:
define void @f0(ptr swiftself %context, ptr %address, i64 %index, i64 %limit, i32 %n) {
entry:
  %outside = icmp ugt i64 %index, %limit
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %inside ]
  %goes_on = icmp ult i32 %i, %n
  br i1 %goes_on, label %check, label %exit
check:
  br i1 %outside, label %trap, label %inside
inside:
  store i32 %i, ptr %address, align 1, !tbaa !1
  %next = add i32 %i, 1
  br label %loop
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
