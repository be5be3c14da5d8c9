; Divisions of 128 bits, signed and unsigned, quotients and remainders, become plain code, as no
; library does them.
; RUN: tenon-opt -passes=expand-wide-divisions %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-NOT: {{[us](div|rem)}} i128
; CHECK: sub i128
; CHECK-LABEL: @f1(
; CHECK-NOT: {{[us](div|rem)}} i128
; CHECK-LABEL: @f2(
; CHECK-NOT: {{[us](div|rem)}} i128
; CHECK-LABEL: @f3(
; CHECK-NOT: {{[us](div|rem)}} i128
; CHECK: ret i128
define i128 @f0(i128 %a, i128 %b) {
  %quotient = udiv i128 %a, %b
  ret i128 %quotient
}
define i128 @f1(i128 %a, i128 %b) {
  %quotient = sdiv i128 %a, %b
  ret i128 %quotient
}
define i128 @f2(i128 %a, i128 %b) {
  %rest = urem i128 %a, %b
  ret i128 %rest
}
define i128 @f3(i128 %a, i128 %b) {
  %rest = srem i128 %a, %b
  ret i128 %rest
}
