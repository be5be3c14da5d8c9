; Indices of 64 bits, which do not wrap at 2^32, are held so far from 2^64 that sums cannot wrap.
; RUN: tenon-opt -passes=vectorize-outer-loops %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: group.check:
; CHECK: icmp sge i64 %{{.*}}, -281474976710656
; CHECK: icmp sle i64 %{{.*}}, 281474976710656
; CHECK: store <16 x float>
define void @f0(ptr swiftself %context, ptr %base, i64 %b, i64 %c, i64 %out) {
entry:
  br label %outer
outer:
  %j = phi i64 [ 0, %entry ], [ %j.next, %latch ]
  %column = shl i64 %j, 2
  %first = add i64 %b, %column
  br label %inner
inner:
  %k = phi i64 [ 0, %outer ], [ %k.next, %inner ]
  %sum = phi float [ 0.0, %outer ], [ %sum.next, %inner ]
  %row = mul i64 %k, 400
  %index = add i64 %first, %row
  %address = getelementptr i8, ptr %base, i64 %index
  %x = load float, ptr %address, align 1, !tbaa !1
  %k4 = shl i64 %k, 2
  %index2 = add i64 %c, %k4
  %address2 = getelementptr i8, ptr %base, i64 %index2
  %y = load float, ptr %address2, align 1, !tbaa !1
  %product = fmul float %x, %y
  %sum.next = fadd float %sum, %product
  %k.next = add i64 %k, 1
  %more = icmp ne i64 %k.next, 100
  br i1 %more, label %inner, label %latch
latch:
  %index3 = add i64 %out, %column
  %address3 = getelementptr i8, ptr %base, i64 %index3
  store float %sum.next, ptr %address3, align 1, !tbaa !1
  %j.next = add i64 %j, 1
  %again = icmp ne i64 %j.next, 64
  br i1 %again, label %outer, label %exit
exit:
  ret void
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
