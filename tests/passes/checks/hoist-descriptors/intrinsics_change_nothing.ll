; An intrinsic of LLVM's, even one that writes memory, changes no descriptor.
; RUN: tenon-opt -passes=hoist-descriptors %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: load i64, ptr %{{.*}}, align 8, !tbaa
; CHECK: br label %loop
; CHECK: loop:
; CHECK-NOT: load
; CHECK: call void @llvm.memset
define void @f0(ptr swiftself %context, ptr %a, i1 %again) {
entry:
  br label %loop
loop:
  %size = load i64, ptr %context, align 8, !tbaa !1
  store i64 %size, ptr %a
  call void @llvm.memset.p0.i64(ptr %a, i8 0, i64 16, i1 false)
  br i1 %again, label %loop, label %exit
exit:
  ret void
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"memory descriptor", !0}
