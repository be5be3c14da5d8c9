; A load that moves on far in the outer loop, and little in the inner one, limits neither.
; RUN: tenon-opt -passes=limit-unrolling %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-NOT: llvm.loop
define void @f0(ptr swiftself %context, ptr %base, ptr %a, i64 %n) {
entry:
  br label %outer
outer:
  %i = phi i64 [ 0, %entry ], [ %i.next, %latch ]
  br label %inner
inner:
  %j = phi i64 [ %i, %outer ], [ %j.next, %inner ]
  %address = getelementptr i8, ptr %base, i64 %j
  %number = load i32, ptr %address, align 1
  store i32 %number, ptr %a
  %j.next = add i64 %j, 4
  %more = icmp ult i64 %j.next, %n
  br i1 %more, label %inner, label %latch
latch:
  %i.next = add i64 %i, 16384
  %again = icmp ult i64 %i.next, %n
  br i1 %again, label %outer, label %exit
exit:
  ret void
}
