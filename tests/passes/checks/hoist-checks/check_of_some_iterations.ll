; A check that only some iterations reach is tested for all of them, and removed with the others.
; RUN: tenon-opt -passes=loop-simplify,hoist-checks,simplifycfg %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: icmp ule i64 %{{.*}}, %limit
; CHECK: br i1 %{{.*}}, label %[[FREE:.*]], label %[[CHECKED:[^,]*]],
; CHECK: [[CHECKED]]:
; CHECK: icmp ugt i64 %{{.*}}, %limit
; CHECK: br i1 %{{.*}}, label %trap
; CHECK: [[FREE]]:
; CHECK: br i1 %choice
; CHECK-NOT: label %trap
; CHECK: trap:
define void @f0(ptr swiftself %context, ptr %base, i64 %limit, i1 %choice, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %latch ]
  br i1 %choice, label %check, label %latch
check:
  %wide = zext i32 %i to i64
  %outside = icmp ugt i64 %wide, %limit
  br i1 %outside, label %trap, label %inside
inside:
  %address = getelementptr i8, ptr %base, i64 %wide
  store i8 7, ptr %address, align 1, !tbaa !1
  br label %latch
latch:
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
