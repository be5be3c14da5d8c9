; A check is known in the form limit < index too, and with its trap as the second successor.
; RUN: tenon-opt -passes=loop-simplify,hoist-checks,simplifycfg %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: icmp ule i64 %{{.*}}, %limit
; CHECK: br i1 %{{.*}}, label %[[FREE:.*]], label %[[CHECKED:[^,]*]],
; CHECK: [[FREE]]:
; CHECK-NOT: label %trap
; CHECK: trap:
; CHECK-LABEL: @f1(
; CHECK: icmp ule i64 %{{.*}}, %limit
; CHECK: br i1 %{{.*}}, label %[[FREE:.*]], label %[[CHECKED:[^,]*]],
; CHECK: [[FREE]]:
; CHECK-NOT: label %trap
; CHECK: trap:
define void @f0(ptr swiftself %context, ptr %base, i64 %limit, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %inside ]
  %wide = zext i32 %i to i64
  %outside = icmp ult i64 %limit, %wide
  br i1 %outside, label %trap, label %inside
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
define void @f1(ptr swiftself %context, ptr %base, i64 %limit, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %inside ]
  %wide = zext i32 %i to i64
  %fits = icmp ule i64 %wide, %limit
  br i1 %fits, label %inside, label %trap
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
declare void @trap() noreturn
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
