; A load whose value is passed to a function of the module is used if that function uses its argument;
; one whose value is returned, if all callers use the result.
; RUN: tenon-opt -passes=relax-used-loads %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %passed = load i32
; CHECK: %ignored = load volatile i32
; CHECK-LABEL: define internal i32 @f3(
; CHECK: %returned = load i32
; CHECK-LABEL: define internal i32 @f4(
; CHECK: %dropped = load volatile i32
define void @f0(ptr swiftself %context, ptr %address) {
  %passed = load volatile i32, ptr %address, align 1, !tbaa !1
  call void @f1(ptr swiftself %context, i32 %passed)
  %ignored = load volatile i32, ptr %address, align 1, !tbaa !1
  call void @f2(ptr swiftself %context, i32 %ignored)
  %result = call i32 @f3(ptr swiftself %context, ptr %address)
  store i32 %result, ptr %context
  %unused = call i32 @f4(ptr swiftself %context, ptr %address)
  ret void
}
define internal void @f1(ptr swiftself %context, i32 %a) {
  store i32 %a, ptr %context
  ret void
}
define internal void @f2(ptr swiftself %context, i32 %a) {
  store i32 7, ptr %context
  ret void
}
define internal i32 @f3(ptr swiftself %context, ptr %address) {
  %returned = load volatile i32, ptr %address, align 1, !tbaa !1
  ret i32 %returned
}
define internal i32 @f4(ptr swiftself %context, ptr %address) {
  %dropped = load volatile i32, ptr %address, align 1, !tbaa !1
  ret i32 %dropped
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
