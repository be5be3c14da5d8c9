; A mask may lack low bits that the bound lacks too: whether (x & 0xfc) < 8 they do not matter.
; RUN: tenon-opt -passes=narrow-comparisons %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %[[BYTE:.*]] = trunc i32 %x to i8
; CHECK: icmp ult i8 %[[BYTE]], 8
; CHECK-LABEL: @f1(
; CHECK: %[[BYTE:.*]] = trunc i32 %x to i8
; CHECK: icmp ugt i8 %[[BYTE]], 7
define i1 @f0(i32 %x) {
  %masked = and i32 %x, 252
  %less = icmp ult i32 %masked, 8
  ret i1 %less
}
define i1 @f1(i32 %x) {
  %masked = and i32 %x, 252
  %more = icmp ugt i32 %masked, 7
  ret i1 %more
}
