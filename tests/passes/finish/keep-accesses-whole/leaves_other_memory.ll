; Accesses of the context, which never trap, and of trampolines may be narrowed.
; RUN: tenon-opt -passes=keep-accesses-whole %s | FileCheck %s

; CHECK-NOT: asm
define i8 @f0(ptr swiftself %context) {
  %number = load i32, ptr %context, align 4
  %byte = trunc i32 %number to i8
  ret i8 %byte
}
define i8 @e0(ptr swiftself %context, ptr %address) {
  %number = load i32, ptr %address, align 1, !tbaa !1
  %byte = trunc i32 %number to i8
  ret i8 %byte
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
