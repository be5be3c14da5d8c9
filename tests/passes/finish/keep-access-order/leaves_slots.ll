; The slots of a function's locals are no memory: they become values.
; RUN: tenon-opt -passes=keep-access-order,mem2reg %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-NOT: alloca
; CHECK: ret i32 %a
define i32 @f0(ptr swiftself %context, i32 %a) {
  %slot = alloca i32
  store i32 %a, ptr %slot
  %number = load i32, ptr %slot
  ret i32 %number
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
