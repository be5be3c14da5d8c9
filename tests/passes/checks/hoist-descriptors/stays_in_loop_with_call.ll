; In a loop with a call, which may grow and move a memory, base and size are loaded again.
; RUN: tenon-opt -passes=hoist-descriptors %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: br label %loop
; CHECK: loop:
; CHECK: load i64, ptr %context, align 8, !tbaa
; CHECK: call void @f1
define void @f0(ptr swiftself %context, ptr %a, i1 %again) {
entry:
  br label %loop
loop:
  %size = load i64, ptr %context, align 8, !tbaa !1
  store i64 %size, ptr %a
  call void @f1(ptr swiftself %context)
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
declare void @f1(ptr swiftself)
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"memory descriptor", !0}
