; An atomic access may be how another thread tells that it has grown a shared memory: the size is
; read again after it. So it is after a fence.
; RUN: tenon-opt -passes=hoist-descriptors %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: loop:
; CHECK: load atomic
; CHECK: load i64, ptr %context, align 8, !tbaa
; CHECK-LABEL: @f1(
; CHECK: loop:
; CHECK: fence
; CHECK: load i64, ptr %context, align 8, !tbaa
define void @f0(ptr swiftself %context, ptr %flag, ptr %a) {
entry:
  br label %loop
loop:
  %waits = load atomic i32, ptr %flag seq_cst, align 4
  %size = load i64, ptr %context, align 8, !tbaa !1
  store i64 %size, ptr %a
  %again = icmp ne i32 %waits, 0
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
define void @f1(ptr swiftself %context, ptr %a, i1 %again) {
entry:
  br label %loop
loop:
  fence seq_cst
  %size = load i64, ptr %context, align 8, !tbaa !1
  store i64 %size, ptr %a
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"memory descriptor", !0}
