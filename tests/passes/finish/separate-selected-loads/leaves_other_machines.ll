; AArch64 does not make volatile loads conditional.
; RUN: tenon-opt -passes=separate-selected-loads %s | FileCheck %s
target triple = "aarch64-unknown-linux-gnu"

; CHECK-LABEL: @f0(
; CHECK-NOT: asm
; CHECK: ret i32
define i32 @f0(ptr swiftself %context, ptr %address, i1 %choice) {
  %number = load volatile i32, ptr %address, align 1, !tbaa !1
  %chosen = select i1 %choice, i32 %number, i32 0
  ret i32 %chosen
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
