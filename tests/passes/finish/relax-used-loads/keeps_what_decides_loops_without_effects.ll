; A loop that only looks for something, of which nothing is used, is one that LLVM removes with its
; loads; their trap is what it does.
; RUN: tenon-opt -passes=relax-used-loads %s | FileCheck %s
; XFAIL: the load of the next iteration counts as an effect that needs the branch, and so the load

; CHECK-LABEL: @f0(
; CHECK: %byte = load volatile i8
define void @f0(ptr swiftself %context, ptr %base) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %latch ]
  %address = getelementptr i8, ptr %base, i64 %i
  %byte = load volatile i8, ptr %address, align 1, !tbaa !1
  %found = icmp ne i8 %byte, 0
  br i1 %found, label %exit, label %latch
latch:
  %next = add i64 %i, 1
  %again = icmp ne i64 %next, 100000
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
