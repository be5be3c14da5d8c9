; A check that fails at its limit, as a table's does, is tested so: the last index must be below it.
; RUN: tenon-opt -passes=loop-simplify,hoist-checks,simplifycfg %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: icmp ult i64 %{{.*}}, %size
; CHECK-NOT: icmp ule
; CHECK: br i1 %{{.*}}, label %[[FREE:.*]], label %[[CHECKED:[^,]*]],
; CHECK: [[CHECKED]]:
; CHECK: icmp uge i64 %{{.*}}, %size
; CHECK: [[FREE]]:
; CHECK-NOT: label %trap
; CHECK: trap:
define void @f0(ptr swiftself %context, ptr %elements, i64 %size, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %inside ]
  %wide = zext i32 %i to i64
  %outside = icmp uge i64 %wide, %size
  br i1 %outside, label %trap, label %inside
inside:
  %address = getelementptr inbounds ptr, ptr %elements, i64 %wide
  store ptr null, ptr %address
  %next = add i32 %i, 1
  %again = icmp ult i32 %next, %n
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
