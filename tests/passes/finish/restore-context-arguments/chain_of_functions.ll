; Each of a chain of functions gets its context back, whatever their order, and passes it on.
; RUN: tenon-opt -passes=restore-context-arguments %s | FileCheck %s

; CHECK: define i32 @f0(ptr swiftself %context, i32 %a)
; CHECK: call i32 @f1(ptr swiftself %context, i32 %a)
; CHECK: define internal i32 @f1(ptr swiftself %[[CONTEXT1:[^,]*]], i32 %{{.*}})
; CHECK: call i32 @f2(ptr swiftself %[[CONTEXT1]], i32 %{{.*}})
; CHECK: define internal i32 @f2(ptr swiftself %[[CONTEXT2:[^,]*]], i32 %{{.*}})
; CHECK: call i32 @f1(ptr swiftself %[[CONTEXT2]], i32 %{{.*}})
; CHECK: call i32 @f3(ptr swiftself %[[CONTEXT2]], i32 %{{.*}})
define i32 @f0(ptr swiftself %context, i32 %a) {
  %result = call i32 @f1(i32 %a)
  ret i32 %result
}
define internal i32 @f1(i32 %a) {
  %result = call i32 @f2(i32 %a)
  ret i32 %result
}
define internal i32 @f2(i32 %a) {
  %one = call i32 @f1(i32 %a)
  %two = call i32 @f3(i32 %a)
  %sum = add i32 %one, %two
  ret i32 %sum
}
define internal i32 @f3(i32 %a) {
  %result = call i32 @f3(i32 %a)
  ret i32 %result
}
