; Loops that only load, choose and store floating-point numbers do not calculate.
; RUN: tenon-opt -passes=mark-numeric %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-NOT: "tenon-numeric"
define void @f0(ptr swiftself %context, ptr %a, double %x, i1 %again) {
entry:
  br label %loop
loop:
  %before = phi double [ %x, %entry ], [ %chosen, %loop ]
  %number = load double, ptr %a
  %chosen = select i1 %again, double %number, double %before
  store double %chosen, ptr %a
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
