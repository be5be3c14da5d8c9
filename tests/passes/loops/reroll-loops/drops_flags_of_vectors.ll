; So do vectors of integers: what does not wrap in the first copy may wrap in the second.
; RUN: tenon-opt -passes=reroll-loops %s | FileCheck %s
; XFAIL: flags of what is no integer stay

; CHECK-LABEL: @f0(
; CHECK: add <4 x i32>
; CHECK: add i32 %i, 16
define void @f0(ptr swiftself %context, ptr %base, <4 x i32> %x) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %a0 = zext i32 %i to i64
  %p0 = getelementptr i8, ptr %base, i64 %a0
  %l0 = load <4 x i32>, ptr %p0, align 1
  %m0 = add nuw <4 x i32> %l0, %x
  store <4 x i32> %m0, ptr %p0, align 1
  %i1 = add i32 %i, 16
  %a1 = zext i32 %i1 to i64
  %p1 = getelementptr i8, ptr %base, i64 %a1
  %l1 = load <4 x i32>, ptr %p1, align 1
  %m1 = add <4 x i32> %l1, %x
  store <4 x i32> %m1, ptr %p1, align 1
  %next = add i32 %i, 32
  %again = icmp ne i32 %next, 1600
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
