; A load whose last byte is needed reads up to its end however it is narrowed, and stays.
; RUN: tenon-opt -passes=keep-accesses-whole %s | FileCheck %s

; CHECK-NOT: asm
; CHECK-NOT: volatile
define i32 @f0(ptr swiftself %context, ptr %address) {
  %number = load i32, ptr %address, align 1, !tbaa !1
  %top = lshr i32 %number, 24
  ret i32 %top
}
define i32 @f1(ptr swiftself %context, ptr %address, i32 %other) {
  %number = load i32, ptr %address, align 1, !tbaa !1
  %sum = add i32 %number, %other
  ret i32 %sum
}
define i32 @f2(ptr swiftself %context, ptr %address) {
  %number = load i32, ptr %address, align 1, !tbaa !1
  %masked = and i32 %number, -16777216
  ret i32 %masked
}
define i8 @f3(ptr swiftself %context, ptr %address) {
  %number = load i8, ptr %address, align 1, !tbaa !1
  ret i8 %number
}
define i32 @f4(ptr swiftself %context, ptr %address) {
  %number = load i32, ptr %address, align 1, !tbaa !1
  %sign = ashr i32 %number, 31
  ret i32 %sign
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
