; A loop whose index grows evenly gets a copy without its check; the loop with it runs where the test
; before both fails.
; RUN: tenon-opt -passes=loop-simplify,hoist-checks,simplifycfg %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: icmp ule i64 %{{.*}}, %limit
; CHECK: br i1 %{{.*}}, label %[[FREE:.*]], label %[[CHECKED:[^,]*]],
; CHECK: [[CHECKED]]:
; CHECK: br i1 %{{.*}}, label %trap, label
; CHECK: store i32 7
; CHECK: [[FREE]]:
; CHECK-NOT: label %trap
; CHECK: store i32 7
; CHECK: trap:
define void @f0(ptr swiftself %context, ptr %base, i64 %limit, i32 %start, i32 %n) {
entry:
  %some = icmp sgt i32 %n, 0
  br i1 %some, label %preheader, label %exit
preheader:
  br label %loop
loop:
  %i = phi i32 [ 0, %preheader ], [ %next, %inside ]
  %scaled = shl i32 %i, 2
  %index = add i32 %start, %scaled
  %wide = zext i32 %index to i64
  %outside = icmp ugt i64 %wide, %limit
  br i1 %outside, label %trap, label %inside
inside:
  %address = getelementptr i8, ptr %base, i64 %wide
  store i32 7, ptr %address, align 1, !tbaa !1
  %next = add i32 %i, 1
  %again = icmp slt i32 %next, %n
  br i1 %again, label %loop, label %done
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
