; A signed comparison of bytes is another one than that of the masked number, whose sign is 0. One for
; equality, and one of a masked number that something else uses too, would gain nothing.
; RUN: tenon-opt -passes=narrow-comparisons %s | FileCheck %s

; CHECK-NOT: trunc
define i1 @f0(i32 %x) {
  %masked = and i32 %x, 255
  %less = icmp slt i32 %masked, 10
  ret i1 %less
}
define i1 @f1(i32 %x) {
  %masked = and i32 %x, 255
  %same = icmp eq i32 %masked, 10
  ret i1 %same
}
define i32 @f2(i32 %x) {
  %masked = and i32 %x, 255
  %less = icmp ult i32 %masked, 10
  %wide = zext i1 %less to i32
  %sum = add i32 %masked, %wide
  ret i32 %sum
}
