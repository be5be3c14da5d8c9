; A field that is loaded as two types becomes one load before the loop; the other stays in it.
; RUN: tenon-opt -passes=hoist-descriptors %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: load i64
; CHECK: loop:
; CHECK: load ptr
define void @f0(ptr swiftself %context, ptr %a, ptr %b, i1 %again) {
entry:
  br label %loop
loop:
  %number = load i64, ptr %context, align 8, !tbaa !1
  store i64 %number, ptr %a
  %pointer = load ptr, ptr %context, align 8, !tbaa !1
  store ptr %pointer, ptr %b
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"memory descriptor", !0}
