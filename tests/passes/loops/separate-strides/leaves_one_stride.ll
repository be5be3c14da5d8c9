; Accesses of one stride keep one base: what they are apart is then known without a comparison.
; RUN: tenon-opt -passes=separate-strides %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-NOT: freeze
; CHECK: getelementptr i8, ptr %base, i64 %i
; CHECK: getelementptr i8, ptr %base, i64 %j
define void @f0(ptr swiftself %context, ptr %base, i64 %start, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]
  %j = phi i64 [ %start, %entry ], [ %j.next, %loop ]
  %row = getelementptr i8, ptr %base, i64 %i
  %other = getelementptr i8, ptr %base, i64 %j
  %number = load double, ptr %other, align 1, !tbaa !1
  store double %number, ptr %row, align 1, !tbaa !1
  %i.next = add i64 %i, 8
  %j.next = add i64 %j, 8
  %again = icmp ult i64 %i.next, %n
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
