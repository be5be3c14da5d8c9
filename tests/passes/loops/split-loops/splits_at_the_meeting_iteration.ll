; row[j] = min(row[j], row[k] + other[j]): the loop runs in a loop of rounds, which end before the
; iteration that stores to row[k], after it, and with the loop.
; RUN: tenon-opt -passes=split-loops %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %[[MEETS:.*]] = lshr i32 %offset, 2
; CHECK: %[[FROZEN:.*]] = freeze i32 %[[MEETS]]
; CHECK: %[[MEETING:.*]] = zext i32 %[[FROZEN]] to i64
; CHECK-DAG: icmp uge i64 %[[LAST:.*]], 31
; CHECK-DAG: icmp ule i64 %[[MEETING]], %[[LAST]]
; CHECK: rounds:
; CHECK-DAG: %[[FIRST:.*]] = phi i64 [ 0, %entry ], [ %{{.*}}, %round.end ]
; CHECK-DAG: phi i32 [ 0, %entry ], [ %{{.*}}, %round.end ]
; CHECK: loop:
; CHECK: %[[CURRENT:.*]] = phi i64 [ %[[FIRST]], %rounds ]
; CHECK: %[[ENDS:.*]] = icmp eq i64 %[[CURRENT]], %[[PIECE:.*]]
; CHECK: br i1 %[[ENDS]], label %round.end, label %loop
; CHECK: round.end:
; CHECK: icmp eq i64 %[[PIECE]], %[[LAST]]
; CHECK: br i1 %{{.*}}, label %exit, label %rounds
define void @f0(ptr swiftself %context, ptr %base, i32 %row, i32 %other, i32 %c, i32 %n) {
entry:
  %offset = shl i32 %c, 2
  %k = add i32 %row, %offset
  %k.wide = zext i32 %k to i64
  %pivot = getelementptr i8, ptr %base, i64 %k.wide
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %to = phi i32 [ %row, %entry ], [ %to.next, %loop ]
  %from = phi i32 [ %other, %entry ], [ %from.next, %loop ]
  %from.wide = zext i32 %from to i64
  %source = getelementptr i8, ptr %base, i64 %from.wide
  %a = load i32, ptr %source, align 1
  %b = load i32, ptr %pivot, align 1
  %sum = add i32 %a, %b
  %to.wide = zext i32 %to to i64
  %place = getelementptr i8, ptr %base, i64 %to.wide
  store i32 %sum, ptr %place, align 1
  %to.next = add i32 %to, 4
  %from.next = add i32 %from, 4
  %next = add i32 %i, 1
  %again = icmp ult i32 %next, %n
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
