; A function that calls gets back the context that LLVM has removed, and who calls it passes its own.
; RUN: tenon-opt -passes=restore-context-arguments %s | FileCheck %s

; CHECK: define internal i32 @f1(ptr swiftself %[[CONTEXT:[^,]*]], i32 %{{.*}})
; CHECK: call i32 @f1(ptr swiftself %[[CONTEXT]], i32 %less)
; CHECK: define i32 @f0(ptr swiftself %context, i32 %a)
; CHECK: call i32 @f1(ptr swiftself %context, i32 %a)
define internal i32 @f1(i32 %a) {
  %ends = icmp eq i32 %a, 0
  br i1 %ends, label %end, label %go_on
go_on:
  %less = add i32 %a, -1
  %result = call i32 @f1(i32 %less)
  ret i32 %result
end:
  ret i32 7
}
define i32 @f0(ptr swiftself %context, i32 %a) {
  %result = call i32 @f1(i32 %a)
  ret i32 %result
}
