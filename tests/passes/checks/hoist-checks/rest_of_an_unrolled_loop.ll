; After a loop that another compiler has unrolled by two comes what is left, from where it ended: the
; extremes of that index are those of both ends.
; RUN: tenon-opt -passes=loop-simplify,hoist-checks,simplifycfg %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-NOT: outer:
; CHECK: call i64 @llvm.umax.i64
; CHECK: icmp ule i64 %{{.*}}, %limit
; CHECK: outer:
define void @f0(ptr swiftself %context, ptr %base, i64 %limit, i32 %n, i1 %some) {
entry:
  br label %outer
outer:
  %i = phi i32 [ 0, %entry ], [ %i.next, %latch ]
  br i1 %some, label %ahead, label %left
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
  %j.next = add i32 %j, 2
  %more = icmp ne i32 %j.next, 100
  br i1 %more, label %inner, label %left
left:
  %k = phi i32 [ 0, %outer ], [ %j.next, %inside ]
  %wide2 = zext i32 %k to i64
  %outside2 = icmp ugt i64 %wide2, %limit
  br i1 %outside2, label %trap, label %latch
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
