; On AArch64, which leaves pinned loads as they are, the load is pinned.
; RUN: tenon-opt -passes=keep-accesses-whole %s | FileCheck %s
target triple = "aarch64-unknown-linux-gnu"

; CHECK-LABEL: @f0(
; CHECK: load volatile i32
define i8 @f0(ptr swiftself %context, ptr %address) {
  %number = load i32, ptr %address, align 1, !tbaa !1
  %byte = trunc i32 %number to i8
  ret i8 %byte
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
