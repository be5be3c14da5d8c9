; The last sum is used after both loops: from a group it is that of its last iteration.
; RUN: tenon-opt -passes=vectorize-outer-loops %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: br i1 %{{.*}}, label %[[INNER:group[0-9]+]], label %[[END:group[0-9]+]]
; CHECK: [[END]]:
; CHECK: %[[LAST:.*]] = extractelement <16 x float> %{{.*}}, i64 15
; CHECK: exit:
; CHECK: phi float {{.*}}[ %[[LAST]], %[[END]] ]
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
  %sum = phi float [ 0.0, %outer ], [ %sum.next, %inner ]
  %row = mul i32 %k, 400
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
  %k.next = add i32 %k, 1
  %more = icmp ne i32 %k.next, 100
  br i1 %more, label %inner, label %latch
latch:
  %index3 = add i32 %out, %column
  %wide3 = zext i32 %index3 to i64
  %address3 = getelementptr i8, ptr %base, i64 %wide3
  store float %sum.next, ptr %address3, align 1, !tbaa !1
  %j.next = add i32 %j, 1
  %again = icmp ne i32 %j.next, 64
  br i1 %again, label %outer, label %exit
exit:
  store float %sum.next, ptr %context
  ret void
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
