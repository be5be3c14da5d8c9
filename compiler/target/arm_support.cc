// The functions of the ARM run-time ABI that generated code can need (division, conversions between
// 64-bit integers and floats). Their names and conventions are fixed by "Run-time ABI for the Arm
// Architecture"; floats come in integer registers there.
//
// What exists for two types is one text, in which words that begin with $ are replaced.
#include "compiler/target/arm_support.h"

#include <initializer_list>
#include <string_view>
#include <utility>

namespace tenon::compiler {

namespace {

// $I: the integers; $L: their last bit; $u, $s: names of the unsigned and the signed form.
constexpr std::string_view kDivision = R"ir(
define hidden arm_aapcscc { $I, $I } @__aeabi_$udivmod($I %n, $I %d) nounwind {
  %zero = icmp eq $I %d, 0
  %less = icmp ult $I %n, %d
  %skip = or i1 %zero, %less
  br i1 %skip, label %small, label %start
small:
  %rest = insertvalue { $I, $I } zeroinitializer, $I %n, 1
  ret { $I, $I } %rest
start:
  %d.zeros = call $I @llvm.ctlz.$I($I %d, i1 true)
  %n.zeros = call $I @llvm.ctlz.$I($I %n, i1 true)
  %shift = sub $I %d.zeros, %n.zeros
  %aligned = shl $I %d, %shift
  br label %loop
loop:
  %i = phi $I [ %shift, %start ], [ %i.next, %loop ]
  %r = phi $I [ %n, %start ], [ %r.next, %loop ]
  %q = phi $I [ 0, %start ], [ %q.next, %loop ]
  %s = phi $I [ %aligned, %start ], [ %s.next, %loop ]
  %fits = icmp uge $I %r, %s
  %less.s = sub $I %r, %s
  %r.next = select i1 %fits, $I %less.s, $I %r
  %bit = zext i1 %fits to $I
  %q.twice = shl $I %q, 1
  %q.next = or $I %q.twice, %bit
  %s.next = lshr $I %s, 1
  %i.next = sub $I %i, 1
  %done = icmp eq $I %i, 0
  br i1 %done, label %end, label %loop
end:
  %one = insertvalue { $I, $I } poison, $I %q.next, 0
  %both = insertvalue { $I, $I } %one, $I %r.next, 1
  ret { $I, $I } %both
}
define hidden arm_aapcscc { $I, $I } @__aeabi_$sdivmod($I %n, $I %d) nounwind {
  %n.sign = ashr $I %n, $L
  %d.sign = ashr $I %d, $L
  %q.sign = xor $I %n.sign, %d.sign
  %n.flip = xor $I %n, %n.sign
  %n.abs = sub $I %n.flip, %n.sign
  %d.flip = xor $I %d, %d.sign
  %d.abs = sub $I %d.flip, %d.sign
  %result = call arm_aapcscc { $I, $I } @__aeabi_$udivmod($I %n.abs, $I %d.abs)
  %q = extractvalue { $I, $I } %result, 0
  %r = extractvalue { $I, $I } %result, 1
  %q.flip = xor $I %q, %q.sign
  %q.done = sub $I %q.flip, %q.sign
  %r.flip = xor $I %r, %n.sign
  %r.done = sub $I %r.flip, %n.sign
  %one = insertvalue { $I, $I } poison, $I %q.done, 0
  %both = insertvalue { $I, $I } %one, $I %r.done, 1
  ret { $I, $I } %both
}
declare $I @llvm.ctlz.$I($I, i1)
)ir";

// $n: the name of the form.
constexpr std::string_view kQuotient = R"ir(
define hidden arm_aapcscc i32 @__aeabi_$ndiv(i32 %n, i32 %d) nounwind {
  %both = call arm_aapcscc { i32, i32 } @__aeabi_$ndivmod(i32 %n, i32 %d)
  %q = extractvalue { i32, i32 } %both, 0
  ret i32 %q
}
)ir";

constexpr std::string_view kFloatToInteger = R"ir(
define hidden arm_aapcscc i64 @__aeabi_f2$n(i32 %bits) nounwind {
  %x = bitcast i32 %bits to float
  %wide = fpext float %x to double
  %wide.bits = bitcast double %wide to i64
  %result = call arm_aapcscc i64 @__aeabi_d2$n(i64 %wide.bits)
  ret i64 %result
}
)ir";

// $c: how the high half is converted. Times 2^32 it is exact, so the sum is rounded once.
constexpr std::string_view kIntegerToDouble = R"ir(
define hidden arm_aapcscc i64 @__aeabi_$n2d(i64 %x) nounwind {
  %high.wide = lshr i64 %x, 32
  %high = trunc i64 %high.wide to i32
  %low = trunc i64 %x to i32
  %high.float = $c i32 %high to double
  %high.part = fmul double %high.float, 0x41F0000000000000
  %low.float = uitofp i32 %low to double
  %sum = fadd double %high.part, %low.float
  %bits = bitcast double %sum to i64
  ret i64 %bits
}
)ir";

constexpr std::string_view kOthers = R"ir(
define hidden arm_aapcscc i64 @__aeabi_d2ulz(i64 %bits) nounwind {
  %x = bitcast i64 %bits to double
  %scaled = fmul double %x, 0x3DF0000000000000
  %high = fptoui double %scaled to i32
  %high.float = uitofp i32 %high to double
  %high.part = fmul double %high.float, 0x41F0000000000000
  %low.float = fsub double %x, %high.part
  %low = fptoui double %low.float to i32
  %high.wide = zext i32 %high to i64
  %high.up = shl i64 %high.wide, 32
  %low.wide = zext i32 %low to i64
  %result = or i64 %high.up, %low.wide
  ret i64 %result
}
define hidden arm_aapcscc i64 @__aeabi_d2lz(i64 %bits) nounwind {
  %sign = ashr i64 %bits, 63
  %abs = and i64 %bits, 9223372036854775807
  %u = call arm_aapcscc i64 @__aeabi_d2ulz(i64 %abs)
  %flip = xor i64 %u, %sign
  %result = sub i64 %flip, %sign
  ret i64 %result
}

; Through a double without rounding twice: of a number that has more bits than a double, the last
; eleven become one that says whether they were zero.
define hidden arm_aapcscc i32 @__aeabi_ul2f(i64 %x) nounwind {
  %top = lshr i64 %x, 53
  %exact = icmp eq i64 %top, 0
  %last = and i64 %x, 2047
  %inexact = icmp ne i64 %last, 0
  %sticky = select i1 %inexact, i64 2048, i64 0
  %kept = and i64 %x, -2048
  %rounded = or i64 %kept, %sticky
  %y = select i1 %exact, i64 %x, i64 %rounded
  %bits = call arm_aapcscc i64 @__aeabi_ul2d(i64 %y)
  %wide = bitcast i64 %bits to double
  %narrow = fptrunc double %wide to float
  %result = bitcast float %narrow to i32
  ret i32 %result
}
define hidden arm_aapcscc i32 @__aeabi_l2f(i64 %x) nounwind {
  %sign = ashr i64 %x, 63
  %flip = xor i64 %x, %sign
  %abs = sub i64 %flip, %sign
  %u = call arm_aapcscc i32 @__aeabi_ul2f(i64 %abs)
  %sign.half = trunc i64 %sign to i32
  %sign.bit = and i32 %sign.half, -2147483648
  %result = or i32 %u, %sign.bit
  ret i32 %result
}
)ir";

using Replacements = std::initializer_list<std::pair<std::string_view, std::string_view>>;

std::string With(std::string_view text, Replacements replacements) {
  std::string result(text);
  for (const auto& [word, replacement] : replacements) {
    for (std::size_t at = result.find(word); at != result.npos;
         at = result.find(word, at + replacement.size())) {
      result.replace(at, word.size(), replacement);
    }
  }
  return result;
}

}  // namespace

std::string ArmSupport() {
  return With(kDivision, {{"$I", "i64"}, {"$L", "63"}, {"$u", "ul"}, {"$s", "l"}}) +
         With(kDivision, {{"$I", "i32"}, {"$L", "31"}, {"$u", "ui"}, {"$s", "i"}}) +
         With(kQuotient, {{"$n", "ui"}}) + With(kQuotient, {{"$n", "i"}}) +
         With(kFloatToInteger, {{"$n", "ulz"}}) + With(kFloatToInteger, {{"$n", "lz"}}) +
         With(kIntegerToDouble, {{"$n", "ul"}, {"$c", "uitofp"}}) +
         With(kIntegerToDouble, {{"$n", "l"}, {"$c", "sitofp"}}) + std::string(kOthers);
}

}  // namespace tenon::compiler
