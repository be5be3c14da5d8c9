; Two loops in a loop, both of which can be split. That the second one ends, as it counts to %i in
; steps of 4, is known by how often the outer loop runs, which must not be counted with the blocks
; from before the first split.
; RUN: tenon-opt -passes=split-loops %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-COUNT-2: {{^}}round.end{{[0-9]*}}:
define void @f0(ptr swiftself %context, ptr %base, i32 %row, i32 %n) {
entry:
  %begin = shl i32 %row, 2
  %k = add i32 %begin, 400
  %k.wide = zext i32 %k to i64
  %pivot = getelementptr i8, ptr %base, i64 %k.wide
  br label %outer
outer:
  %i = phi i32 [ 0, %entry ], [ %i.next, %latch ]
  br label %first
first:
  %j = phi i32 [ 0, %outer ], [ %j.next, %first ]
  %to = phi i32 [ %begin, %outer ], [ %to.next, %first ]
  %a = load i32, ptr %pivot, align 1
  %to.wide = zext i32 %to to i64
  %place = getelementptr i8, ptr %base, i64 %to.wide
  store i32 %a, ptr %place, align 1
  %to.next = add i32 %to, 4
  %j.next = add i32 %j, 1
  %more = icmp ult i32 %j.next, %n
  br i1 %more, label %first, label %between
between:
  br label %second
second:
  %l = phi i32 [ 0, %between ], [ %l.next, %second ]
  %to2 = phi i32 [ %begin, %between ], [ %to2.next, %second ]
  %b = load i32, ptr %pivot, align 1
  %to2.wide = zext i32 %to2 to i64
  %place2 = getelementptr i8, ptr %base, i64 %to2.wide
  store i32 %b, ptr %place2, align 1
  %to2.next = add i32 %to2, 4
  %l.next = add i32 %l, 4
  %more2 = icmp ult i32 %l.next, %i
  br i1 %more2, label %second, label %latch
latch:
  %i.next = add i32 %i, 1
  %again = icmp ne i32 %i.next, 1000
  br i1 %again, label %outer, label %exit
exit:
  ret void
}
