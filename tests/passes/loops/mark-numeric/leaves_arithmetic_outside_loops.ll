; Arithmetic outside of the loops, and loops of integers, do not count.
; RUN: tenon-opt -passes=mark-numeric %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-NOT: "tenon-numeric"
define double @f0(ptr swiftself %context, ptr %a, double %x, i1 %again) {
entry:
  br label %loop
loop:
  %number = load i32, ptr %a
  %sum = add i32 %number, 1
  store i32 %sum, ptr %a
  br i1 %again, label %loop, label %exit
exit:
  %result = fadd double %x, %x
  ret double %result
}
