; A trip count may be divided in 65 bits, one more than its own, and by a constant.
; RUN: tenon-opt -passes=expand-wide-divisions %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-NOT: udiv i65
; CHECK: ret i65
define i65 @f0(i65 %a) {
  %quotient = udiv i65 %a, 3
  ret i65 %quotient
}
