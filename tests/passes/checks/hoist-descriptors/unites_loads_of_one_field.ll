; Loads of one field in several blocks of a loop become one before it.
; RUN: tenon-opt -passes=hoist-descriptors %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %[[SIZE:.*]] = load i64
; CHECK: br label %loop
; CHECK-NOT: load
; CHECK: store i64 %[[SIZE]], ptr %a
; CHECK: store i64 %[[SIZE]], ptr %b
define void @f0(ptr swiftself %context, ptr %a, ptr %b, i1 %choice, i1 %again) {
entry:
  br label %loop
loop:
  br i1 %choice, label %left, label %right
left:
  %field = getelementptr inbounds i8, ptr %context, i64 56
  %size = load i64, ptr %field, align 8, !tbaa !1
  store i64 %size, ptr %a
  br label %latch
right:
  %field2 = getelementptr inbounds i8, ptr %context, i64 56
  %size2 = load i64, ptr %field2, align 8, !tbaa !1
  store i64 %size2, ptr %b
  br label %latch
latch:
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"memory descriptor", !0}
