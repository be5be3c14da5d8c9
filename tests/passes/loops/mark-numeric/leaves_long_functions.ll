; A function of more than 20,000 instructions is not marked: some of level 3's passes take more than
; linear time.
; RUN: awk '/^  ; MANY/ { for (i = 0; i < 20000; ++i) print "store i8 0, ptr %a" } { print }' %s > %t && tenon-opt -passes=mark-numeric %t | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-NOT: "tenon-numeric"
define void @f0(ptr swiftself %context, ptr %a, double %x, i1 %again) {
entry:
  br label %loop
loop:
  %number = load double, ptr %a
  %sum = fadd double %number, %x
  store double %sum, ptr %a
  br i1 %again, label %loop, label %exit
exit:
  ; MANY
  ret void
}
