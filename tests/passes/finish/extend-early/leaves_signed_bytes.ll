; A byte that is extended with its sign too would be loaded once and extended twice.
; RUN: tenon-opt -passes=extend-early %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %byte = load i8
; CHECK-NOT: zext
; CHECK: next:
; CHECK: %wide = zext i8 %byte to i32
; CHECK: %signed = sext i8 %byte to i32
define i32 @f0(ptr swiftself %context, ptr %address, i1 %choice) {
  %byte = load i8, ptr %address
  br i1 %choice, label %next, label %end
next:
  %wide = zext i8 %byte to i32
  %signed = sext i8 %byte to i32
  %sum = add i32 %wide, %signed
  ret i32 %sum
end:
  ret i32 0
}
