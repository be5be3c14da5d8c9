; A direct call that LLVM has found never to return is none of a trap: without a check it would run
; out of the stack.
; RUN: tenon-opt -passes=insert-stack-checks %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: read_register
; CHECK: call void @f0
define void @f0(ptr swiftself %context) {
  call void @f0(ptr swiftself %context) noreturn
  unreachable
}
