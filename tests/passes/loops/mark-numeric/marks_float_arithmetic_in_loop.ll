; A function that adds floating-point numbers in a loop is marked, one that works on vectors too.
; RUN: tenon-opt -passes=mark-numeric %s | FileCheck %s

; CHECK: define void @f0({{.*}}) #[[NUMERIC:[0-9]+]]
; CHECK: define void @f1({{.*}}) #[[NUMERIC]]
; CHECK: attributes #[[NUMERIC]] = { {{.*}}"tenon-numeric"
define void @f0(ptr swiftself %context, ptr %a, double %x, i1 %again) {
entry:
  br label %loop
loop:
  %number = load double, ptr %a
  %sum = fadd double %number, %x
  store double %sum, ptr %a
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
define void @f1(ptr swiftself %context, ptr %a, <4 x i32> %x, i1 %again) {
entry:
  br label %loop
loop:
  %number = load <4 x i32>, ptr %a
  %bits = and <4 x i32> %number, %x
  store <4 x i32> %bits, ptr %a
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
