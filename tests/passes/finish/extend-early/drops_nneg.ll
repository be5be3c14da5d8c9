; Where one extension says that its number is below 2^31, on a path where that is so, the common one
; does not.
; RUN: tenon-opt -passes=extend-early %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %[[WIDE:.*]] = zext i32 %index to i64
; CHECK-NOT: nneg
; CHECK: phi i64 [ %[[WIDE]], %small ], [ %[[WIDE]], %large ]
define i64 @f0(ptr swiftself %context, i32 %a) {
  %index = add i32 %a, 4
  %is_small = icmp sge i32 %index, 0
  br i1 %is_small, label %small, label %large
small:
  %wide = zext nneg i32 %index to i64
  br label %end
large:
  %wide2 = zext i32 %index to i64
  br label %end
end:
  %result = phi i64 [ %wide, %small ], [ %wide2, %large ]
  ret i64 %result
}
