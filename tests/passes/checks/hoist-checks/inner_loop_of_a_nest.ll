; Where the outer loop has a check that cannot be tested, the inner loop alone gets a copy, and a
; test in each iteration of the outer one.
; RUN: tenon-opt -passes=loop-simplify,hoist-checks,simplifycfg %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: outer:
; CHECK: icmp ugt i64 %found, %limit
; CHECK: icmp ule i64 %{{.*}}, %limit
; CHECK: br i1 %{{.*}}, label %[[FREE:.*]], label %[[CHECKED:[^,]*]],
define void @f0(ptr swiftself %context, ptr %base, i64 %limit, ptr %list, i32 %n, i32 %m) {
entry:
  br label %outer
outer:
  %i = phi i32 [ 0, %entry ], [ %i.next, %latch ]
  %found = load i64, ptr %list
  %missing = icmp ugt i64 %found, %limit
  br i1 %missing, label %trap, label %ahead
ahead:
  br label %inner
inner:
  %j = phi i32 [ 0, %ahead ], [ %j.next, %inside ]
  %wide = zext i32 %j to i64
  %outside = icmp ugt i64 %wide, %limit
  br i1 %outside, label %trap, label %inside
inside:
  %address = getelementptr i8, ptr %base, i64 %wide
  store i8 7, ptr %address, align 1, !tbaa !1
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
