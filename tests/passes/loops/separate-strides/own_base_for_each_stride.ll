; Where one access walks by 8 bytes and another by 800, the addresses of one of them get a base of
; their own, which is the same number.
; RUN: tenon-opt -passes=separate-strides %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: entry:
; CHECK: %[[OWN:.*]] = freeze ptr %base
; CHECK: loop:
; CHECK: %row = getelementptr i8, ptr %[[OWN]], i64 %i
; CHECK: %column = getelementptr i8, ptr %base, i64 %j
define void @f0(ptr swiftself %context, ptr %base, i64 %start, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]
  %j = phi i64 [ %start, %entry ], [ %j.next, %loop ]
  %row = getelementptr i8, ptr %base, i64 %i
  %column = getelementptr i8, ptr %base, i64 %j
  %number = load double, ptr %column, align 1, !tbaa !1
  store double %number, ptr %row, align 1, !tbaa !1
  %i.next = add i64 %i, 8
  %j.next = add i64 %j, 800
  %again = icmp ult i64 %i.next, %n
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
