; An extension in the block of its number costs nothing already; arguments are none of a block.
; RUN: tenon-opt -passes=extend-early %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %index = add i32 %a, 4
; CHECK-NEXT: %other = add i32 %index, 1
; CHECK-NEXT: %wide = zext i32 %index to i64
; CHECK: next:
; CHECK: store i32 %index
; CHECK: zext i32 %a to i64
define i64 @f0(ptr swiftself %context, ptr %base, i32 %a) {
  %index = add i32 %a, 4
  %other = add i32 %index, 1
  %wide = zext i32 %index to i64
  %address = getelementptr i8, ptr %base, i64 %wide
  store i32 %other, ptr %address
  br label %next
next:
  store i32 %index, ptr %address
  %wide2 = zext i32 %a to i64
  ret i64 %wide2
}
