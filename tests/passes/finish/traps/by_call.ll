; With explicit checks a trap calls the builtin, whose address the context knows.
; RUN: tenon-opt -passes=trap-by-call %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %[[TABLE:.*]] = load ptr
; CHECK: %[[CODE:.*]] = load ptr
; CHECK: call void %[[CODE]](ptr %context, i32 2)
; CHECK-NOT: @tenon.trap
define void @f0(ptr swiftself %context) {
  call void @tenon.trap(ptr %context, i32 2)
  unreachable
}
declare void @tenon.trap(ptr, i32) noreturn
