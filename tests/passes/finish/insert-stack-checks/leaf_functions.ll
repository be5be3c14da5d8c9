; A function that calls nothing fits into the reserve below the limit, so does one whose only call is
; of a trap, or of an intrinsic.
; RUN: tenon-opt -passes=insert-stack-checks %s | FileCheck %s

; CHECK-NOT: read_register
define i32 @f0(ptr swiftself %context, i32 %a) {
  %sum = add i32 %a, 1
  ret i32 %sum
}
define void @f1(ptr swiftself %context) {
  call void @tenon.trap(ptr %context, i32 1)
  unreachable
}
declare void @tenon.trap(ptr, i32) noreturn
define double @f2(ptr swiftself %context, double %a) {
  %root = call double @llvm.sqrt.f64(double %a)
  ret double %root
}
define void @f3(ptr swiftself %context) {
  call void asm sideeffect "", ""()
  ret void
}
