; What is used after the loop is what the copy that ran has left.
; RUN: tenon-opt -passes=loop-simplify,hoist-checks,simplifycfg %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: exit:
; CHECK: %[[SUM:.*]] = phi i32 [ %sum.next, %{{.*}} ], [ %sum.next.checked, %{{.*}} ]
; CHECK: ret i32 %[[SUM]]
define i32 @f0(ptr swiftself %context, ptr %base, i64 %limit, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %inside ]
  %sum = phi i32 [ 0, %entry ], [ %sum.next, %inside ]
  %wide = zext i32 %i to i64
  %outside = icmp ugt i64 %wide, %limit
  br i1 %outside, label %trap, label %inside
inside:
  %address = getelementptr i8, ptr %base, i64 %wide
  %number = load i32, ptr %address, align 1, !tbaa !1
  %sum.next = add i32 %sum, %number
  %next = add i32 %i, 1
  %again = icmp ult i32 %next, %n
  br i1 %again, label %loop, label %exit
exit:
  ret i32 %sum.next
trap:
  call void @trap()
  unreachable
}
declare void @trap() noreturn
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
