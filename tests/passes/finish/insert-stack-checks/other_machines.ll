; The stack pointer is the machine's own, and as wide as its pointers.
; RUN: tenon-opt -passes=insert-stack-checks %s | FileCheck %s
target triple = "armv7-unknown-linux-gnueabihf"

; CHECK-LABEL: @f0(
; CHECK: call i32 @llvm.read_register.i32(metadata ![[NAME:[0-9]+]])
; CHECK: load i32, ptr
; CHECK: ![[NAME]] = !{!"sp"}
define void @f0(ptr swiftself %context) {
  call void @f1(ptr swiftself %context)
  ret void
}
declare void @f1(ptr swiftself)
