; A bound with bits that the mask lacks decides differently: 9 & 0xfc is less than 9, and 9 is not.
; RUN: tenon-opt -passes=narrow-comparisons %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-NOT: trunc
; CHECK: icmp ult i32 %masked, 9
; CHECK-LABEL: @f1(
; CHECK-NOT: trunc
; CHECK: icmp ugt i32 %masked, 8
define i1 @f0(i32 %x) {
  %masked = and i32 %x, 252
  %less = icmp ult i32 %masked, 9
  ret i1 %less
}
define i1 @f1(i32 %x) {
  %masked = and i32 %x, 252
  %more = icmp ugt i32 %masked, 8
  ret i1 %more
}
