; Of the last element only the first byte is needed: the load would be one of that byte.
; RUN: tenon-opt -passes=keep-accesses-whole %s | FileCheck %s
; XFAIL: who needs the last element is taken for needing all of its bytes

; CHECK-LABEL: @f0(
; CHECK: asm "", "=x,0"(<4 x i32> %vector)
define i8 @f0(ptr swiftself %context, ptr %address) {
  %vector = load <4 x i32>, ptr %address, align 1, !tbaa !1
  %element = extractelement <4 x i32> %vector, i32 3
  %byte = trunc i32 %element to i8
  ret i8 %byte
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
