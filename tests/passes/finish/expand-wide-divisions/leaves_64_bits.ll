; Divisions of up to 64 bits and of vectors are instructions, or made of such by code generation.
; RUN: tenon-opt -passes=expand-wide-divisions %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: udiv i64
; CHECK-LABEL: @f1(
; CHECK: srem i33
; CHECK-LABEL: @f2(
; CHECK: udiv <2 x i64>
define i64 @f0(i64 %a, i64 %b) {
  %quotient = udiv i64 %a, %b
  ret i64 %quotient
}
define i33 @f1(i33 %a, i33 %b) {
  %rest = srem i33 %a, %b
  ret i33 %rest
}
define <2 x i64> @f2(<2 x i64> %a, <2 x i64> %b) {
  %quotient = udiv <2 x i64> %a, %b
  ret <2 x i64> %quotient
}
