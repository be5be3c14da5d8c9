; Calling convention, attributes of arguments, tail calls and metadata stay with their call.
; RUN: tenon-opt -passes=restore-context-arguments %s | FileCheck %s

; CHECK: define internal fastcc zeroext i8 @f1(ptr swiftself %[[CONTEXT:[^,]*]], i8 signext %{{.*}})
; CHECK: musttail call fastcc zeroext i8 @f1(ptr swiftself %[[CONTEXT]], i8 signext %{{.*}}), !prof
; CHECK: tail call fastcc zeroext i8 @f1(ptr swiftself %context, i8 signext %a)
define internal fastcc zeroext i8 @f1(i8 signext %a) {
  %result = musttail call fastcc zeroext i8 @f1(i8 signext %a), !prof !0
  ret i8 %result
}
define i8 @f0(ptr swiftself %context, i8 %a) {
  %result = tail call fastcc zeroext i8 @f1(i8 signext %a)
  ret i8 %result
}
!0 = !{!"branch_weights", i32 1}
