# Faults of LLVM that passes of ours work around: each must still be there. Where this fails, the
# installed LLVM has mended one, and the file that is named can go.
source "$(dirname "$0")/../common.sh"
llvm=${TENON_LLVM_TOOLS:-/usr/lib/llvm-22/bin}
for program in opt lli; do
  [[ -x $llvm/$program ]] || { echo "no $llvm/$program"; exit 77; }
done
mended=0
# FILE.ll, passes, what works around it: main() of FILE.ll is 0, and with the fault not so after the passes.
still_there() {
  "$llvm/lli" "$1" || { echo "$1: wrong before the passes"; exit 1; }
  "$llvm/opt" "-passes=$2" "$1" -o optimized.bc
  if "$llvm/lli" optimized.bc; then
    echo "*** MENDED in $("$llvm/opt" --version | grep -o 'version .*'): $1. Take out $3 and its line here."
    mended=1
  fi
}

# for (i = 0; i != 64; ++i) to[i] ^= key[i & 3]: eight at once, without a check that i & 3 does not wrap.
cat > forgotten_wrap_check.ll <<'L'
@to = global [64 x i8] zeroinitializer
@key = constant [8 x i8] c"\01\01\01\01\02\02\02\02"
define void @encrypt(ptr noalias %to, ptr noalias %key, i32 %at, i32 %n) noinline {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %index = add i32 %at, %i
  %wide = zext i32 %index to i64
  %address = getelementptr i8, ptr %to, i64 %wide
  %old = load i8, ptr %address
  %low = and i32 %i, 3
  %low.wide = zext i32 %low to i64
  %from = getelementptr i8, ptr %key, i64 %low.wide
  %mask = load i8, ptr %from
  %new = xor i8 %old, %mask
  store i8 %new, ptr %address
  %next = add i32 %i, 1
  %done = icmp eq i32 %next, %n
  br i1 %done, label %exit, label %loop, !llvm.loop !0
exit:
  ret void
}
define i32 @main() {
  call void @encrypt(ptr @to, ptr @key, i32 0, i32 64)
  %last = load i8, ptr getelementptr (i8, ptr @to, i64 63)
  %wrong = icmp ne i8 %last, 1
  %status = zext i1 %wrong to i32
  ret i32 %status
}
!0 = distinct !{!0, !1, !2}
!1 = !{!"llvm.loop.vectorize.enable", i1 true}
!2 = !{!"llvm.loop.vectorize.width", i32 8}
L
still_there forgotten_wrap_check.ll loop-vectorize compiler/optimize/loops/keep_wrap_checks.cc
exit $mended
