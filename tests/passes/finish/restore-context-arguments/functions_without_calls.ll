; A function that calls nothing needs no context, nor does one that calls intrinsics alone.
; RUN: tenon-opt -passes=restore-context-arguments %s | FileCheck %s

; CHECK: define internal i32 @f1(i32 %a)
; CHECK: define internal i32 @f2(i32 %a)
; CHECK: define i32 @f0(ptr swiftself %context, i32 %a)
; CHECK: call i32 @f1(i32 %a)
define internal i32 @f1(i32 %a) {
  %sum = add i32 %a, 1
  ret i32 %sum
}
define internal i32 @f2(i32 %a) {
  %count = call i32 @llvm.ctpop.i32(i32 %a)
  ret i32 %count
}
define i32 @f0(ptr swiftself %context, i32 %a) {
  %one = call i32 @f1(i32 %a)
  %two = call i32 @f2(i32 %one)
  ret i32 %two
}
