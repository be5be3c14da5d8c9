; What is left by a mask of 8 bits is compared as a byte, with what is above it left in place.
; RUN: tenon-opt -passes=narrow-comparisons %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-NOT: and
; CHECK: %[[BYTE:.*]] = trunc i32 %x to i8
; CHECK: %[[LESS:.*]] = icmp ult i8 %[[BYTE]], 10
; CHECK: ret i1 %[[LESS]]
; CHECK-LABEL: @f1(
; CHECK: %[[BYTE:.*]] = trunc i64 %x to i8
; CHECK: icmp ugt i8 %[[BYTE]], -56
define i1 @f0(i32 %x) {
  %masked = and i32 %x, 255
  %less = icmp ult i32 %masked, 10
  ret i1 %less
}
define i1 @f1(i64 %x) {
  %masked = and i64 %x, 255
  %more = icmp ugt i64 %masked, 200
  ret i1 %more
}
