; A store between check and access would be seen after a trap: the check stays.
; RUN: tenon-opt -guarded-memory=48 -object=%t %s && llvm-objdump -d --no-show-raw-insn %t | FileCheck %s

; CHECK-LABEL: <f0>:
; CHECK: cmpq
; CHECK-NEXT: j{{a|b}}
define i32 @f0(ptr swiftself %context, i32 %index, i64 %long) {
  %place = getelementptr i8, ptr %context, i64 56
  %size = load i64, ptr %place, align 8
  %wide = zext i32 %index to i64
  %limit = sub nuw i64 %size, 4
  %outside = icmp ugt i64 %wide, %limit
  br i1 %outside, label %trap, label %checked, !prof !0
checked:
  %base_place = getelementptr i8, ptr %context, i64 48
  %base = load ptr, ptr %base_place, align 8
  %address = getelementptr i8, ptr %base, i64 %wide
  store i32 1, ptr %context
  %value = load i32, ptr %address, align 1
  ret i32 %value
trap:
  call void @tenon.trap(ptr %context, i32 2)
  unreachable
}
declare void @f1(ptr swiftself)
declare void @tenon.trap(ptr, i32) noreturn cold
!0 = !{!"branch_weights", i32 1, i32 1048576}
