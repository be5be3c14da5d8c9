; Where the inner loop stores, its step must be at least as far as a group reaches, or its iterations
; would be stored over each other in another order. The step is not known, so this is tested.
; RUN: tenon-opt -passes=vectorize-outer-loops %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %[[DISTANCE:.*]] = call i64 @llvm.abs.i64(i64 %{{.*}}, i1 false)
; CHECK: icmp uge i64 %[[DISTANCE]], 64
; CHECK: outer:
; CHECK: store <16 x float>
define void @f0(ptr swiftself %context, ptr %base, i32 %b, i32 %c, i32 %out, i32 %m) {
entry:
  br label %outer
outer:
  %j = phi i32 [ 0, %entry ], [ %j.next, %latch ]
  %column = shl i32 %j, 2
  %first = add i32 %b, %column
  br label %inner
inner:
  %k = phi i32 [ 0, %outer ], [ %k.next, %inner ]
  %sum = phi float [ 0.0, %outer ], [ %sum.next, %inner ]
  %row = mul i32 %k, %m
  %index = add i32 %first, %row
  %wide = zext i32 %index to i64
  %address = getelementptr i8, ptr %base, i64 %wide
  %x = load float, ptr %address, align 1, !tbaa !1
  %k4 = shl i32 %k, 2
  %index2 = add i32 %c, %k4
  %wide2 = zext i32 %index2 to i64
  %address2 = getelementptr i8, ptr %base, i64 %wide2
  %y = load float, ptr %address2, align 1, !tbaa !1
  %product = fmul float %x, %y
  %sum.next = fadd float %sum, %product
  %index5 = add i32 %out, %column
  %index6 = add i32 %index5, %row
  %wide6 = zext i32 %index6 to i64
  %address6 = getelementptr i8, ptr %base, i64 %wide6
  store float %product, ptr %address6, align 1, !tbaa !1
  %k.next = add i32 %k, 1
  %more = icmp ne i32 %k.next, 100
  br i1 %more, label %inner, label %latch
latch:
  %j.next = add i32 %j, 1
  %again = icmp ne i32 %j.next, 64
  br i1 %again, label %outer, label %exit
exit:
  ret void
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
