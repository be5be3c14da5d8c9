; A load that decides the selection, or has another use too, or need not trap by itself, stays.
; RUN: tenon-opt -passes=separate-selected-loads %s | FileCheck %s

; CHECK-NOT: asm
define i32 @f0(ptr swiftself %context, ptr %address) {
  %number = load volatile i1, ptr %address, align 1, !tbaa !1
  %chosen = select i1 %number, i32 1, i32 0
  ret i32 %chosen
}
define i32 @f1(ptr swiftself %context, ptr %address, i1 %choice) {
  %number = load volatile i32, ptr %address, align 1, !tbaa !1
  %chosen = select i1 %choice, i32 %number, i32 0
  %sum = add i32 %chosen, %number
  ret i32 %sum
}
define i32 @f2(ptr swiftself %context, ptr %address, i1 %choice) {
  %number = load i32, ptr %address, align 1, !tbaa !1
  %chosen = select i1 %choice, i32 %number, i32 0
  ret i32 %chosen
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
