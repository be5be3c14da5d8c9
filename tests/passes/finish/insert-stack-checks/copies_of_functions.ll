; A copy of a function that LLVM has made is a function of the module.
; RUN: tenon-opt -passes=insert-stack-checks %s | FileCheck %s

; CHECK-LABEL: @f0.specialized.1(
; CHECK: read_register
define void @f0.specialized.1(ptr swiftself %context) {
  call void @f1(ptr swiftself %context)
  ret void
}
declare void @f1(ptr swiftself)
