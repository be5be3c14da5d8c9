; A load that must trap and of which a selection takes the value on a condition, which x86-64 would make
; conditional, has an empty piece of assembly after it.
; RUN: tenon-opt -passes=separate-selected-loads %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %number = load volatile i32
; CHECK: %[[KEPT:.*]] = call i32 asm "", "=r,0"(i32 %number)
; CHECK: select i1 %choice, i32 %[[KEPT]], i32 0
define i32 @f0(ptr swiftself %context, ptr %address, i1 %choice) {
  %number = load volatile i32, ptr %address, align 1, !tbaa !1
  %chosen = select i1 %choice, i32 %number, i32 0
  ret i32 %chosen
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
