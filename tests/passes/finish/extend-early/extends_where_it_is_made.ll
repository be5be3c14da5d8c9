; An index that another block extends is extended where it is made; the other block takes 64 bits, and
; what needs the 32 bits there takes the lower half.
; RUN: tenon-opt -passes=extend-early %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %index = add i32 %a, 4
; CHECK-NEXT: %[[WIDE:.*]] = zext i32 %index to i64
; CHECK: next:
; CHECK: getelementptr i8, ptr %base, i64 %[[WIDE]]
; CHECK: %[[LOW:.*]] = trunc i64 %[[WIDE]] to i32
; CHECK: store i32 %[[LOW]]
define void @f0(ptr swiftself %context, ptr %base, i32 %a) {
  %index = add i32 %a, 4
  br label %next
next:
  %wide = zext i32 %index to i64
  %address = getelementptr i8, ptr %base, i64 %wide
  store i32 %index, ptr %address
  ret void
}
