; Without a test for 0 before the inner loop it runs 2^32 times where i / 2 is 0, or until it traps: that
; i / 2 - 1 wraps must fail the test.
; RUN: tenon-opt -passes=loop-simplify,hoist-checks,simplifycfg %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-NOT: usub.sat
; CHECK: %[[COUNT:.*]] = call { i64, i1 } @llvm.usub.with.overflow.i64(i64 %{{.*}}, i64 1)
; CHECK: %[[WRAPS:.*]] = extractvalue { i64, i1 } %[[COUNT]], 1
; CHECK: or i1 %{{.*}}, %[[WRAPS]]
; CHECK-NOT: usub.sat
define void @f0(ptr swiftself %context, ptr %base, i64 %limit, i32 %n) {
entry:
  br label %outer
outer:
  %i = phi i32 [ 0, %entry ], [ %i.next, %latch ]
  %half = lshr i32 %i, 1
  br label %inner
inner:
  %j = phi i32 [ 0, %outer ], [ %j.next, %inside ]
  %wide = zext i32 %j to i64
  %outside = icmp ugt i64 %wide, %limit
  br i1 %outside, label %trap, label %inside
inside:
  %address = getelementptr i8, ptr %base, i64 %wide
  store i8 7, ptr %address, align 1, !tbaa !1
  %j.next = add i32 %j, 1
  %more = icmp ne i32 %j.next, %half
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
