; Loads alone depend on nothing: the loop stays as it is.
; RUN: tenon-opt -passes=separate-strides %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-NOT: freeze
define double @f0(ptr swiftself %context, ptr %base, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]
  %j = phi i64 [ 0, %entry ], [ %j.next, %loop ]
  %sum = phi double [ 0.0, %entry ], [ %sum.next, %loop ]
  %row = getelementptr i8, ptr %base, i64 %i
  %column = getelementptr i8, ptr %base, i64 %j
  %a = load double, ptr %row, align 1, !tbaa !1
  %b = load double, ptr %column, align 1, !tbaa !1
  %product = fmul double %a, %b
  %sum.next = fadd double %sum, %product
  %i.next = add i64 %i, 8
  %j.next = add i64 %j, 800
  %again = icmp ult i64 %i.next, %n
  br i1 %again, label %loop, label %exit
exit:
  ret double %sum.next
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
