; Trampolines, thunks and wrappers run on other stacks or before and after such code: no checks.
; RUN: tenon-opt -passes=insert-stack-checks %s | FileCheck %s

; CHECK-NOT: read_register
define void @e0(ptr swiftself %context, ptr %code) {
  call void %code(ptr swiftself %context)
  ret void
}
define void @h0(ptr swiftself %context, ptr %code) {
  call void %code(ptr swiftself %context)
  ret void
}
define void @w0(ptr swiftself %context) {
  call void @f0(ptr swiftself %context)
  ret void
}
declare void @f0(ptr swiftself)
