; A limit that is poison where the check before it traps is not branched on as it is: the test is made
; whether or not that check fails.
; RUN: tenon-opt -passes=loop-simplify,hoist-checks,simplifycfg %s | FileCheck %s
; XFAIL: the test branches on poison where n is below 100, which LLVM may take for never happening

; CHECK-LABEL: @f0(
; CHECK: {{freeze i64 %limit|select i1 %}}
; CHECK: br i1 %{{.*}}, label %[[FREE:.*]], label %[[CHECKED:[^,]*]],
define void @f0(ptr swiftself %context, ptr %base, i64 %n, i64 %m) {
entry:
  %small = icmp ult i64 %n, 100
  %limit = sub nuw i64 %n, 100
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %inside ]
  br i1 %small, label %trap, label %check
check:
  %outside = icmp ugt i64 %i, %limit
  br i1 %outside, label %trap, label %inside
inside:
  %address = getelementptr i8, ptr %base, i64 %i
  store i8 7, ptr %address, align 1, !tbaa !1
  %next = add i64 %i, 1
  %again = icmp ult i64 %next, %m
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
