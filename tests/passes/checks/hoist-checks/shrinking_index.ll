; An index that shrinks is within the limit if it is at its start, and must not fall below 0.
; RUN: tenon-opt -passes=loop-simplify,hoist-checks,simplifycfg %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %[[SPAN:.*]] = call { i64, i1 } @llvm.umul.with.overflow.i64(i64 %{{.*}}, i64 4)
; CHECK: %[[LENGTH:.*]] = extractvalue { i64, i1 } %[[SPAN]], 0
; CHECK: %[[SMALLEST:.*]] = call { i64, i1 } @llvm.usub.with.overflow.i64(i64 %[[START:.*]], i64 %[[LENGTH]])
; CHECK: %[[WRAPS:.*]] = extractvalue { i64, i1 } %[[SMALLEST]], 1
; CHECK: or i1 %{{.*}}, %[[WRAPS]]
; CHECK: icmp ule i64 %[[START]], %limit
define void @f0(ptr swiftself %context, ptr %base, i64 %limit, i32 %start, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %inside ]
  %index = phi i32 [ %start, %entry ], [ %below, %inside ]
  %wide = zext i32 %index to i64
  %outside = icmp ugt i64 %wide, %limit
  br i1 %outside, label %trap, label %inside
inside:
  %address = getelementptr i8, ptr %base, i64 %wide
  store i32 7, ptr %address, align 1, !tbaa !1
  %below = add i32 %index, -4
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
