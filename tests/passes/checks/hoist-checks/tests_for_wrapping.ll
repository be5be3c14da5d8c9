; An index of 32 bits must stay below 2^32 in the test, which computes in 64 bits and looks at each
; overflow of those: start + 4 * (n - 1) may exceed 2^32 and be small again.
; RUN: tenon-opt -passes=loop-simplify,hoist-checks,simplifycfg %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: call { i64, i1 } @llvm.umul.with.overflow.i64(i64 %{{.*}}, i64 4)
; CHECK: %[[SUM:.*]] = call { i64, i1 } @llvm.uadd.with.overflow.i64(
; CHECK: %[[LAST:.*]] = extractvalue { i64, i1 } %[[SUM]], 0
; CHECK: %[[ABOVE:.*]] = icmp ugt i64 %[[LAST]], 4294967295
; CHECK: %[[WRAPS:.*]] = or i1 %{{.*}}, %[[ABOVE]]
; CHECK: icmp ule i64 %[[LAST]], %limit
; CHECK: xor i1 %[[WRAPS]], true
define void @f0(ptr swiftself %context, ptr %base, i64 %limit, i32 %start, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %inside ]
  %scaled = shl i32 %i, 2
  %index = add i32 %start, %scaled
  %wide = zext i32 %index to i64
  %outside = icmp ugt i64 %wide, %limit
  br i1 %outside, label %trap, label %inside
inside:
  %address = getelementptr i8, ptr %base, i64 %wide
  store i32 7, ptr %address, align 1, !tbaa !1
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
