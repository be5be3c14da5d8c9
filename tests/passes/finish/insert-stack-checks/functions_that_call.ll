; A function that calls compares the stack pointer, which includes its frame, with the context's limit
; first of all; below it, it traps.
; RUN: tenon-opt -passes=insert-stack-checks %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK-NEXT: entry:
; CHECK-NEXT: %slot = alloca i32
; CHECK: %[[POINTER:.*]] = call i64 @llvm.read_register.i64(metadata ![[NAME:[0-9]+]])
; CHECK: %[[LIMIT:.*]] = load i64, ptr %{{.*}}, align 8
; CHECK: %[[BELOW:.*]] = icmp ult i64 %[[POINTER]], %[[LIMIT]]
; CHECK: br i1 %[[BELOW]], label %overflow, label %body, !prof
; CHECK: body:
; CHECK: call void @f1
; CHECK: overflow:
; CHECK: call void @tenon.trap(ptr %context, i32 10)
; CHECK-NEXT: unreachable
; CHECK-DAG: ![[NAME]] = !{!"rsp"}
define void @f0(ptr swiftself %context) {
entry:
  %slot = alloca i32
  call void @f1(ptr swiftself %context)
  ret void
}
declare void @f1(ptr swiftself)
