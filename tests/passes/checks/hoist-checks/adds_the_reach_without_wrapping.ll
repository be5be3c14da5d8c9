; What is added to the index for the access's width is added in the test too, where it may overflow.
; RUN: tenon-opt -passes=loop-simplify,hoist-checks,simplifycfg %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %[[END:.*]] = call { i64, i1 } @llvm.uadd.with.overflow.i64(i64 %{{.*}}, i64 4096)
; CHECK: %[[WRAPS:.*]] = extractvalue { i64, i1 } %[[END]], 1
; CHECK: or i1 %{{.*}}, %[[WRAPS]]
; CHECK: %[[LAST:.*]] = extractvalue { i64, i1 } %[[END]], 0
; CHECK: icmp ule i64 %[[LAST]], %size
define void @f0(ptr swiftself %context, ptr %base, i64 %size, i32 %start, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %inside ]
  %index = add i32 %start, %i
  %wide = zext i32 %index to i64
  %end = add nuw i64 %wide, 4096
  %outside = icmp ugt i64 %end, %size
  br i1 %outside, label %trap, label %inside
inside:
  %address = getelementptr i8, ptr %base, i64 %end
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
