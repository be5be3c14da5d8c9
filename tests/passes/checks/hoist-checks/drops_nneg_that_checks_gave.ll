; An extension that a check has shown to be of a number below 2^31 is a plain one in the copy without
; checks.
; RUN: tenon-opt -passes=loop-simplify,hoist-checks,simplifycfg %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: br i1 %{{.*}}, label %[[FREE:.*]], label %[[CHECKED:[^,]*]],
; CHECK: [[FREE]]:
; CHECK-NOT: zext nneg
; CHECK: trap:
define void @f0(ptr swiftself %context, ptr %base, i64 %limit, i32 %start, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ %start, %entry ], [ %next, %inside ]
  %wide = zext i32 %i to i64
  %outside = icmp ugt i64 %wide, %limit
  br i1 %outside, label %trap, label %inside
inside:
  %again_wide = zext nneg i32 %i to i64
  %address = getelementptr i8, ptr %base, i64 %again_wide
  store i8 7, ptr %address, align 1, !tbaa !1
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
