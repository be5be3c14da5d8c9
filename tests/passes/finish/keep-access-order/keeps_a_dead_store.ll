; A store that another one overwrites is there for a load between them that may trap.
; RUN: tenon-opt -passes='keep-access-order,function(dse,instcombine)' %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: store volatile i32 1
; CHECK: load volatile i32
; CHECK: store volatile i32 2
define i32 @f0(ptr swiftself %context, ptr noalias %address, ptr noalias %other) {
  store i32 1, ptr %address, align 1, !tbaa !1
  %number = load i32, ptr %other, align 1, !tbaa !1
  store i32 2, ptr %address, align 1, !tbaa !1
  ret i32 %number
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
