; A trap on either of two conditions is two checks, and both are tested: here the memory must also be
; as large as the access reaches at all.
; RUN: tenon-opt -passes=loop-simplify,hoist-checks,simplifycfg %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: xor i1 %small, true
; CHECK: icmp ule i64 %{{.*}}, %limit
; CHECK: br i1 %{{.*}}, label %[[FREE:.*]], label %[[CHECKED:[^,]*]],
; CHECK: [[FREE]]:
; CHECK-NOT: label %trap
; CHECK: trap:
define void @f0(ptr swiftself %context, ptr %base, i64 %size, i64 %n) {
entry:
  %small = icmp ult i64 %size, 4000
  %limit = add i64 %size, -4000
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %inside ]
  %far = icmp ugt i64 %i, %limit
  %outside = or i1 %small, %far
  br i1 %outside, label %trap, label %inside
inside:
  %address = getelementptr i8, ptr %base, i64 %i
  store i32 7, ptr %address, align 1, !tbaa !1
  %next = add i64 %i, 1
  %again = icmp ult i64 %next, %n
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
