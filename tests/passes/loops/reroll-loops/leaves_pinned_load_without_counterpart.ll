; A load that must trap and that no other copy has a counterpart of would get lost, so the loop stays.
; RUN: tenon-opt -passes=reroll-loops %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: load volatile i8
; CHECK-COUNT-2: store double
; CHECK: add i32 %i, 16
define void @f0(ptr swiftself %context, ptr %base, double %x) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %a0 = zext i32 %i to i64
  %p0 = getelementptr i8, ptr %base, i64 %a0
  %far = getelementptr i8, ptr %p0, i64 4000
  %unused = load volatile i8, ptr %far, align 1
  store double %x, ptr %p0, align 1
  %i1 = add i32 %i, 8
  %a1 = zext i32 %i1 to i64
  %p1 = getelementptr i8, ptr %base, i64 %a1
  store double %x, ptr %p1, align 1
  %next = add i32 %i, 16
  %again = icmp ne i32 %next, 1600
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
