; A phi that has the same predecessor twice, by a switch, is given one value for both.
; RUN: tenon-opt -passes=extend-early %s | FileCheck %s

; CHECK-LABEL: @f0(
; CHECK: %[[LOW:.*]] = trunc i64 %{{.*}} to i32
; CHECK: phi i32 [ %[[LOW]], %next ], [ %[[LOW]], %next ]
define i64 @f0(ptr swiftself %context, i32 %a, i32 %choice) {
  %index = add i32 %a, 4
  br label %next
next:
  switch i32 %choice, label %other [
    i32 0, label %end
    i32 1, label %end
  ]
other:
  %wide = zext i32 %index to i64
  ret i64 %wide
end:
  %number = phi i32 [ %index, %next ], [ %index, %next ]
  %signed = sext i32 %number to i64
  ret i64 %signed
}
