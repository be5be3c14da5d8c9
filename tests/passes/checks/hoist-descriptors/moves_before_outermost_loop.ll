; Base and size of a memory are loaded once before the outermost loop, although the inner loop may
; never run.
; RUN: tenon-opt -passes=hoist-descriptors %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-DAG: load i64, ptr %{{.*}}, align 8, !tbaa
; CHECK-DAG: load ptr, ptr %{{.*}}, align 8, !tbaa
; CHECK: br label %outer
; CHECK-NOT: !tbaa
; CHECK: ret void
define void @f0(ptr swiftself %context, i1 %choice, i1 %more, i1 %again) {
entry:
  br label %outer
outer:
  br i1 %choice, label %preheader, label %latch
preheader:
  br label %inner
inner:
  %field = getelementptr inbounds i8, ptr %context, i64 56
  %size = load i64, ptr %field, align 8, !tbaa !1
  %field2 = getelementptr inbounds i8, ptr %context, i64 48
  %base = load ptr, ptr %field2, align 8, !tbaa !1
  %end = getelementptr i8, ptr %base, i64 %size
  store i8 0, ptr %end
  br i1 %more, label %inner, label %inner.exit
inner.exit:
  br label %latch
latch:
  br i1 %again, label %outer, label %exit
exit:
  ret void
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"memory descriptor", !0}
