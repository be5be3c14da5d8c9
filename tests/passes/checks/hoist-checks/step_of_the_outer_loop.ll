; An inner index whose step is the outer variable has no step that is known before the outer loop, so
; the test is made before the inner one.
; RUN: tenon-opt -passes=loop-simplify,hoist-checks,simplifycfg %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-NOT: icmp ule
; CHECK: outer:
; CHECK: icmp ule i64 %{{.*}}, %limit
; CHECK: br i1 %{{.*}}, label %[[FREE:.*]], label %[[CHECKED:[^,]*]],
define void @f0(ptr swiftself %context, ptr %base, i64 %limit, i32 %n, i32 %m) {
entry:
  br label %outer
outer:
  %i = phi i32 [ 0, %entry ], [ %i.next, %latch ]
  br label %inner
inner:
  %j = phi i32 [ 0, %outer ], [ %j.next, %inside ]
  %index = phi i32 [ 0, %outer ], [ %index.next, %inside ]
  %wide = zext i32 %index to i64
  %outside = icmp ugt i64 %wide, %limit
  br i1 %outside, label %trap, label %inside
inside:
  %address = getelementptr i8, ptr %base, i64 %wide
  store i8 7, ptr %address, align 1, !tbaa !1
  %index.next = add i32 %index, %i
  %j.next = add i32 %j, 1
  %more = icmp ult i32 %j.next, %m
  br i1 %more, label %inner, label %latch
latch:
  %i.next = add i32 %i, 1
  %again = icmp ult i32 %i.next, %n
  br i1 %again, label %outer, label %exit
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
