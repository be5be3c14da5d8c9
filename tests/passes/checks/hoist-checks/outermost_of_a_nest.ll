; Of a nest the outermost loop that can be tested gets the copy: checks are tested once, for the
; largest i and j together, and both loops of the copy have none.
; RUN: tenon-opt -passes=loop-simplify,hoist-checks,simplifycfg %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: icmp ule i64 %{{.*}}, %limit
; CHECK: br i1 %{{.*}}, label %[[FREE:.*]], label %[[CHECKED:[^,]*]],
; CHECK: [[FREE]]:
; CHECK: add i32 %row, 400
; CHECK-NOT: label %trap
; CHECK: trap:
; CHECK-NOT: icmp ule i64 %{{.*}}, %limit
define void @f0(ptr swiftself %context, ptr %base, i64 %limit, i32 %n, i32 %m) {
entry:
  %some = icmp ne i32 %m, 0
  br i1 %some, label %ahead, label %exit
ahead:
  br label %outer
outer:
  %i = phi i32 [ 0, %ahead ], [ %i.next, %latch ]
  %row = phi i32 [ 0, %ahead ], [ %row.next, %latch ]
  %row.next = add i32 %row, 400
  br label %inner
inner:
  %j = phi i32 [ 0, %outer ], [ %j.next, %inside ]
  %index = add i32 %row, %j
  %wide = zext i32 %index to i64
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
  br i1 %again, label %outer, label %done
done:
  br label %exit
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
