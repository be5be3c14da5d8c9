; A load that decides a branch is used if the paths differ in something, and else not: LLVM removes
; such a branch.
; RUN: tenon-opt -passes=relax-used-loads %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %decides = load i1
; CHECK-LABEL: @f1(
; CHECK: %decides = load volatile i1
define void @f0(ptr swiftself %context, ptr %address, ptr %other) {
  %decides = load volatile i1, ptr %address, align 1, !tbaa !1
  br i1 %decides, label %write, label %end
write:
  store i32 1, ptr %other, align 1, !tbaa !1
  br label %end
end:
  ret void
}
define void @f1(ptr swiftself %context, ptr %address, ptr %other) {
  %decides = load volatile i1, ptr %address, align 1, !tbaa !1
  br i1 %decides, label %nothing, label %end
nothing:
  br label %end
end:
  ret void
}
!0 = !{!"tenon"}
!1 = !{!2, !2, i64 0}
!2 = !{!"linear memory", !0}
