; With guard pages a trap is an instruction that says its kind; one whose kind is chosen is a call.
; RUN: tenon-opt -passes=trap-by-instruction %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: store i32 1
; CHECK-NEXT: call void @llvm.ubsantrap(i8 1)
; CHECK-NEXT: unreachable
define void @f0(ptr swiftself %context, ptr %place) {
  store i32 1, ptr %place
  call void @tenon.trap(ptr %context, i32 1)
  unreachable
}
; CHECK-LABEL: @f1(
; CHECK-NOT: ubsantrap
; CHECK: call void %{{.*}}(ptr %context, i32 %kind)
define void @f1(ptr swiftself %context, i32 %kind) {
  call void @tenon.trap(ptr %context, i32 %kind)
  unreachable
}
; CHECK-NOT: @tenon.trap
declare void @tenon.trap(ptr, i32) noreturn
