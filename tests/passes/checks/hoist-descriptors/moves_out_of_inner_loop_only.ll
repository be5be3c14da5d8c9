; Where the outer loop calls and the inner one does not, loads move before the inner loop and stay
; in the outer one.
; RUN: tenon-opt -passes=hoist-descriptors %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-NOT: load
; CHECK: outer:
; CHECK: call void @f1
; CHECK: %[[SIZE:.*]] = load i64
; CHECK: br label %inner
; CHECK: inner:
; CHECK-NOT: load
; CHECK: store i64 %[[SIZE]]
define void @f0(ptr swiftself %context, ptr %a, i1 %more, i1 %again) {
entry:
  br label %outer
outer:
  call void @f1(ptr swiftself %context)
  br label %inner
inner:
  %size = load i64, ptr %context, align 8, !tbaa !1
  store i64 %size, ptr %a
  br i1 %more, label %inner, label %latch
latch:
  br i1 %again, label %outer, label %exit
exit:
  ret void
}
declare void @f1(ptr swiftself)
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"memory descriptor", !0}
