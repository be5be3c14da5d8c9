; A loop may end early: the index is then only smaller. What leaves the loop comes from both copies.
; RUN: tenon-opt -passes=loop-simplify,hoist-checks,simplifycfg %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: icmp ule i64 %{{.*}}, %limit
; CHECK: br i1 %{{.*}}, label %[[FREE:.*]], label %[[CHECKED:[^,]*]],
; CHECK: [[FREE]]:
; CHECK-NOT: label %trap
; CHECK: exit:
; CHECK: phi i32 {{.*}}[ %i.checked, %{{.*}} ], [ %i, %
define i32 @f0(ptr swiftself %context, ptr %base, i64 %limit, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %latch ]
  %wide = zext i32 %i to i64
  %outside = icmp ugt i64 %wide, %limit
  br i1 %outside, label %trap, label %inside
inside:
  %address = getelementptr i8, ptr %base, i64 %wide
  %byte = load i8, ptr %address, align 1, !tbaa !1
  %found = icmp eq i8 %byte, 0
  br i1 %found, label %found.exit, label %latch
latch:
  %next = add i32 %i, 1
  %again = icmp ult i32 %next, %n
  br i1 %again, label %loop, label %done
found.exit:
  br label %exit
done:
  br label %exit
exit:
  %result = phi i32 [ %i, %found.exit ], [ -1, %done ]
  ret i32 %result
trap:
  call void @trap()
  unreachable
}
declare void @trap() noreturn
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
