; A call through a pointer, of a table's element or the runtime's, may change memories like any
; other.
; RUN: tenon-opt -passes=hoist-descriptors %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: loop:
; CHECK: load i64, ptr %context, align 8, !tbaa
; CHECK: call void %callee(
define void @f0(ptr swiftself %context, ptr %callee, ptr %a, i1 %again) {
entry:
  br label %loop
loop:
  %size = load i64, ptr %context, align 8, !tbaa !1
  store i64 %size, ptr %a
  call void %callee(ptr swiftself %context)
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"memory descriptor", !0}
