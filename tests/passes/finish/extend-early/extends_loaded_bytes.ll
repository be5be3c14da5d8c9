; A byte that is loaded and extended elsewhere is a load that extends, to 32 bits.
; RUN: tenon-opt -passes=extend-early %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %byte = load i8
; CHECK-NEXT: %[[WIDE:.*]] = zext i8 %byte to i32
; CHECK: next:
; CHECK: ret i32 %[[WIDE]]
define i32 @f0(ptr swiftself %context, ptr %address, i1 %choice) {
  %byte = load i8, ptr %address
  br i1 %choice, label %next, label %end
next:
  %wide = zext i8 %byte to i32
  ret i32 %wide
end:
  ret i32 0
}
