; A trap where the index is below something, or where an unchanging condition is false, is no check of
; a bound above: the loop keeps it.
; RUN: tenon-opt -passes=loop-simplify,hoist-checks,simplifycfg %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-COUNT-1: store i8 7
; CHECK-NOT: store i8 7
; CHECK-LABEL: @f1(
; CHECK-COUNT-1: store i8 7
; CHECK-NOT: store i8 7
define void @f0(ptr swiftself %context, ptr %base, i64 %limit, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %inside ]
  %wide = zext i32 %i to i64
  %below = icmp ult i64 %wide, %limit
  br i1 %below, label %trap, label %inside
inside:
  %address = getelementptr i8, ptr %base, i64 %wide
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
define void @f1(ptr swiftself %context, ptr %base, i1 %fits, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %inside ]
  %goes_on = icmp ult i32 %i, %n
  br i1 %goes_on, label %check, label %exit
check:
  br i1 %fits, label %inside, label %trap
inside:
  store i8 7, ptr %base, align 1, !tbaa !1
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
