; A sum in one place of memory, to which all iterations of the outer loop add, keeps its order: the
; numbers of a group are added one after the other to what is loaded once and stored once.
; RUN: tenon-opt -passes=vectorize-outer-loops %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: br i1 %{{.*}}, label %group, label %group.one
; CHECK: group1:
; CHECK: %[[PRODUCT:.*]] = fmul <16 x float>
; CHECK: %[[OLD:.*]] = load float, ptr %{{.*}}, align 1
; CHECK: %[[X0:.*]] = extractelement <16 x float> %[[PRODUCT]], i64 0
; CHECK: %[[S0:.*]] = fadd float %[[OLD]], %[[X0]]
; CHECK: %[[X1:.*]] = extractelement <16 x float> %[[PRODUCT]], i64 1
; CHECK: %[[S1:.*]] = fadd float %[[S0]], %[[X1]]
; CHECK: %[[X15:.*]] = extractelement <16 x float> %[[PRODUCT]], i64 15
; CHECK: %[[S15:.*]] = fadd float %{{.*}}, %[[X15]]
; CHECK: store float %[[S15]]
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
  %row = mul i32 %k, 400
  %index = add i32 %first, %row
  %wide = zext i32 %index to i64
  %address = getelementptr i8, ptr %base, i64 %wide
  %x = load float, ptr %address, align 1, !tbaa !1
  %row2 = mul i32 %k, 800
  %index1 = add i32 %out, %column
  %index2 = add i32 %index1, %row2
  %wide2 = zext i32 %index2 to i64
  %address2 = getelementptr i8, ptr %base, i64 %wide2
  %y = load float, ptr %address2, align 1, !tbaa !1
  %product = fmul float %x, %y
  %k4 = shl i32 %k, 2
  %index3 = add i32 %c, %k4
  %wide3 = zext i32 %index3 to i64
  %address3 = getelementptr i8, ptr %base, i64 %wide3
  %sum = load float, ptr %address3, align 1, !tbaa !1
  %sum.next = fadd float %sum, %product
  store float %sum.next, ptr %address3, align 1, !tbaa !1
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
