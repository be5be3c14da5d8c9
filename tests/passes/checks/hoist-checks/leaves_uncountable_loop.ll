; A loop that ends when it finds something in memory cannot be counted and keeps its checks.
; RUN: tenon-opt -passes=loop-simplify,hoist-checks,simplifycfg %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-COUNT-1: load i8
; CHECK-NOT: load i8
define i32 @f0(ptr swiftself %context, ptr %base, i64 %limit) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %inside ]
  %wide = zext i32 %i to i64
  %outside = icmp ugt i64 %wide, %limit
  br i1 %outside, label %trap, label %inside
inside:
  %address = getelementptr i8, ptr %base, i64 %wide
  %byte = load i8, ptr %address, align 1, !tbaa !1
  %next = add i32 %i, 1
  %again = icmp ne i8 %byte, 0
  br i1 %again, label %loop, label %exit
exit:
  ret i32 %i
trap:
  call void @trap()
  unreachable
}
declare void @trap() noreturn
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
