; With an atomic store, an address that does not grow evenly or a base that is loaded
; in it, the loop is not vectorised and stays as it is.
; RUN: tenon-opt -passes=separate-strides %s | FileCheck %s

; CHECK-NOT: freeze
define void @f1(ptr swiftself %context, ptr %base, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]
  %j = phi i64 [ 0, %entry ], [ %j.next, %loop ]
  %row = getelementptr i8, ptr %base, i64 %i
  %column = getelementptr i8, ptr %base, i64 %j
  %number = load i32, ptr %column, align 1, !tbaa !1
  store atomic i32 %number, ptr %row seq_cst, align 4, !tbaa !1
  %i.next = add i64 %i, 4
  %j.next = add i64 %j, 800
  %again = icmp ult i64 %i.next, %n
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
define void @f2(ptr swiftself %context, ptr %base, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]
  %j = phi i64 [ 1, %entry ], [ %j.next, %loop ]
  %row = getelementptr i8, ptr %base, i64 %i
  %column = getelementptr i8, ptr %base, i64 %j
  %number = load double, ptr %column, align 1, !tbaa !1
  store double %number, ptr %row, align 1, !tbaa !1
  %i.next = add i64 %i, 8
  %j.next = shl i64 %j, 1
  %again = icmp ult i64 %i.next, %n
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
define void @f3(ptr swiftself %context, ptr %place, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]
  %j = phi i64 [ 0, %entry ], [ %j.next, %loop ]
  %base = load ptr, ptr %place
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
