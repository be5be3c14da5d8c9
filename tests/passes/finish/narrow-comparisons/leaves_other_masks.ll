; Masks of other widths, masks with holes, and bounds of more than 8 bits stay.
; RUN: tenon-opt -passes=narrow-comparisons %s | FileCheck %s

; CHECK-NOT: trunc
define i1 @f0(i32 %x) {
  %masked = and i32 %x, 65535
  %less = icmp ult i32 %masked, 10
  ret i1 %less
}
define i1 @f1(i32 %x) {
  %masked = and i32 %x, 127
  %less = icmp ult i32 %masked, 10
  ret i1 %less
}
define i1 @f2(i32 %x) {
  %masked = and i32 %x, 247
  %less = icmp ult i32 %masked, 16
  ret i1 %less
}
define i1 @f3(i32 %x) {
  %masked = and i32 %x, 255
  %less = icmp ult i32 %masked, 256
  ret i1 %less
}
define i1 @f4(i32 %x) {
  %masked = and i32 %x, 255
  %more = icmp ugt i32 %masked, 255
  ret i1 %more
}
