; An index of 64 bits has no limit of 2^32, but its sum and product must not overflow 64 bits.
; RUN: tenon-opt -passes=loop-simplify,hoist-checks,simplifycfg %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-NOT: 4294967295
; CHECK: %[[SPAN:.*]] = call { i64, i1 } @llvm.umul.with.overflow.i64(i64 %{{.*}}, i64 8)
; CHECK: %[[SPAN_WRAPS:.*]] = extractvalue { i64, i1 } %[[SPAN]], 1
; CHECK: or i1 {{.*}}%[[SPAN_WRAPS]]
; CHECK: %[[LAST:.*]] = call { i64, i1 } @llvm.uadd.with.overflow.i64(i64 %start
; CHECK: %[[LAST_WRAPS:.*]] = extractvalue { i64, i1 } %[[LAST]], 1
; CHECK: or i1 {{.*}}%[[LAST_WRAPS]]
; CHECK-NOT: 4294967295
; CHECK: icmp ule i64 %{{.*}}, %limit
define void @f0(ptr swiftself %context, ptr %base, i64 %limit, i64 %start, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %inside ]
  %scaled = shl i64 %i, 3
  %index = add i64 %start, %scaled
  %outside = icmp ugt i64 %index, %limit
  br i1 %outside, label %trap, label %inside
inside:
  %address = getelementptr i8, ptr %base, i64 %index
  store i64 7, ptr %address, align 1, !tbaa !1
  %next = add i64 %i, 1
  %again = icmp ult i64 %next, %n
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
