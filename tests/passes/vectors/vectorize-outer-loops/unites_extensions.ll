; Two extensions of one number in the nest become one where the number is made, which promises only
; what both did: the first says that the number is below 2^31, the second does not.
; RUN: tenon-opt -passes=vectorize-outer-loops %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: outer:
; CHECK: %first = add i32 %b, %column
; CHECK-NEXT: %[[WIDE:.*]] = zext i32 %first to i64
; CHECK-NOT: zext i32 %first
; CHECK-NOT: zext nneg i32 %first
; CHECK: exit:
define void @f0(ptr swiftself %context, ptr %base, i32 %b, i32 %c, i32 %out) {
entry:
  br label %outer
outer:
  %j = phi i32 [ 0, %entry ], [ %j.next, %latch ]
  %column = shl i32 %j, 2
  %first = add i32 %b, %column
  br label %inner
inner:
  %k = phi i32 [ 0, %outer ], [ %k.next, %inner ]
  %k.wide = phi i64 [ 0, %outer ], [ %k.wide.next, %inner ]
  %sum = phi float [ 0.0, %outer ], [ %sum.next, %inner ]
  %row = mul i64 %k.wide, 400
  %first.wide = zext nneg i32 %first to i64
  %wide = add i64 %first.wide, %row
  %address = getelementptr i8, ptr %base, i64 %wide
  %x = load float, ptr %address, align 1, !tbaa !1
  %k4 = shl i32 %k, 2
  %index2 = add i32 %c, %k4
  %wide2 = zext i32 %index2 to i64
  %address2 = getelementptr i8, ptr %base, i64 %wide2
  %y = load float, ptr %address2, align 1, !tbaa !1
  %product = fmul float %x, %y
  %sum.next = fadd float %sum, %product
  %k.wide.next = add i64 %k.wide, 1
  %k.next = add i32 %k, 1
  %more = icmp ne i32 %k.next, 100
  br i1 %more, label %inner, label %latch
latch:
  %first.again = zext i32 %first to i64
  %place = getelementptr i8, ptr %base, i64 %first.again
  %old = load float, ptr %place, align 1, !tbaa !1
  %both = fadd float %sum.next, %old
  %index3 = add i32 %out, %column
  %wide3 = zext i32 %index3 to i64
  %address3 = getelementptr i8, ptr %base, i64 %wide3
  store float %both, ptr %address3, align 1, !tbaa !1
  %j.next = add i32 %j, 1
  %again = icmp ne i32 %j.next, 64
  br i1 %again, label %outer, label %exit
exit:
  ret void
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
