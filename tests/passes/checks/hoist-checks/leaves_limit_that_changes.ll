; A loop in which the memory may grow, so that its size is loaded in it, keeps its checks.
; RUN: tenon-opt -passes=loop-simplify,hoist-checks,simplifycfg %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-COUNT-1: store i8 7
; CHECK-NOT: store i8 7
define void @f0(ptr swiftself %context, ptr %base, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %inside ]
  %size = load i64, ptr %context, align 8
  %wide = zext i32 %i to i64
  %outside = icmp uge i64 %wide, %size
  br i1 %outside, label %trap, label %inside
inside:
  %address = getelementptr i8, ptr %base, i64 %wide
  store i8 7, ptr %address, align 1, !tbaa !1
  call void @f1(ptr swiftself %context)
  %next = add i32 %i, 1
  %again = icmp ult i32 %next, %n
  br i1 %again, label %loop, label %exit
exit:
  ret void
trap:
  call void @trap()
  unreachable
}
declare void @f1(ptr swiftself)
declare void @trap() noreturn
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
