; A load of 32 bits of which only the first byte is needed would be one of a byte, which traps later:
; it is kept whole by a piece of assembly on x86-64.
; RUN: tenon-opt -passes=keep-accesses-whole %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %number = load i32
; CHECK: %[[KEPT:.*]] = call i32 asm "", "=r,0"(i32 %number)
; CHECK: trunc i32 %[[KEPT]] to i8
; CHECK-LABEL: @f1(
; CHECK: call i32 asm "", "=r,0"(i32 %number)
; CHECK-LABEL: @f2(
; CHECK: call i64 asm "", "=r,0"(i64 %number)
define i8 @f0(ptr swiftself %context, ptr %address) {
  %number = load i32, ptr %address, align 1, !tbaa !1
  %byte = trunc i32 %number to i8
  ret i8 %byte
}
define i32 @f1(ptr swiftself %context, ptr %address) {
  %number = load i32, ptr %address, align 1, !tbaa !1
  %masked = and i32 %number, 255
  ret i32 %masked
}
define i32 @f2(ptr swiftself %context, ptr %address) {
  %number = load i64, ptr %address, align 1, !tbaa !1
  %moved = lshr i64 %number, 8
  %half = trunc i64 %moved to i32
  ret i32 %half
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
