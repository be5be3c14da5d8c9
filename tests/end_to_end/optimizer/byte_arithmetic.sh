# Comparisons of bytes, masked numbers and bytes carried round loops give what C says, at every level.
source "$(dirname "$0")/../common.sh"
cat > bytes.c <<'C'
#include <stdio.h>
#include <stdint.h>
#define KEEP __attribute__((noinline))
// Every way of comparing what is left after a mask, for constants at the edges.
#define COMPARISONS(X) \
  X(0, (x + 198 & 255) < 246) X(1, (x & 255) > 245) X(2, (x & 255) > 254) X(3, (x & 252) < 8) \
  X(4, (x & 254) > 7) X(5, (x & 254) >= 6) X(6, (x & 254) > 6) X(7, (x & 128) < 128) \
  X(8, (x & 255) < 1) X(9, (x & 127) < 127) X(10, (x & 0xffff) < 300) X(11, (x - '0' & 255) <= 9) \
  X(12, (x * 3 & 255) < 200) X(13, (x >> 3 & 255) > 100) X(14, (x & 240) > 16) X(15, (x & 240) > 31)
#define COMPARE(number, condition) bits |= (uint32_t)(condition) << number;
KEEP static uint32_t compare(uint32_t x) {
  uint32_t bits = 0;
  COMPARISONS(COMPARE)
  return bits;
}
// The same with 64 bits and nothing to see through.
KEEP static uint32_t reference(uint32_t narrow) {
  volatile uint64_t hidden = narrow;
  uint64_t bits = 0;
#define x ((uint32_t)hidden)
#define REFER(number, condition) if ((uint64_t)(condition)) bits += 1ull << number;
  COMPARISONS(REFER)
#undef x
  return (uint32_t)bits;
}
enum state { kStart, kWord, kNumber, kSign, kOther };
KEEP static unsigned scan(const unsigned char** text, unsigned* counts) {
  const unsigned char* at = *text;
  enum state state = kStart;
  for (; *at && state != kOther; ++at) {
    unsigned char c = *at;
    if (c == ',') { ++at; break; }
    switch (state) {
      case kStart:
        if ((unsigned char)(c - '0') <= 9) state = kNumber;
        else if (c == '-' || c == '+') state = kSign;
        else if ((unsigned char)((c & 223) - 'A') < 26) state = kWord;
        else { state = kOther; ++counts[c]; }
        break;
      case kSign: state = (unsigned char)(c - '0') <= 9 ? kNumber : kOther; break;
      case kNumber: if ((unsigned char)(c - '0') > 9) { state = kOther; ++counts[c >> 1]; } break;
      case kWord: if (c >= 0x80) state = kOther; break;
      default: break;
    }
  }
  *text = at;
  return state;
}
KEEP static int64_t signed_and_unsigned(const unsigned char* x, int n) {
  int64_t sum = 0;
  for (int i = 0; i < n; ++i) { sum += x[i]; if (x[i] > 200) sum -= (signed char)x[i] * 1000; sum ^= (uint64_t)x[i] << 20; }
  return sum;
}
int main(void) {
  uint32_t differences = 0, all = 0;
  for (uint32_t i = 0; i < 70000; ++i) {
    differences += compare(i) != reference(i);
    differences += compare(~i) != reference(~i);
    all = all * 31 + compare(i * 2654435761u);
  }
  unsigned char text[1024];
  unsigned counts[256] = {0};
  static const char words[] = "12,-7,+x,word,wor\xffld,9z,?,,A1,@,[,`,{,z,Z,:,/,0";
  const unsigned n = sizeof text - 1;
  for (unsigned i = 0; i < n; ++i) {
    const char c = words[i % sizeof words];
    text[i] = (unsigned char)(c ? c : ',');
  }
  text[n] = 0;
  unsigned hash = 0;
  const unsigned char* at = text;
  while (*at) hash = hash * 33 + scan(&at, counts);
  for (unsigned i = 0; i < 256; ++i) hash = hash * 7 + counts[i];
  printf("%u %u %u %lld\n", differences, all, hash, (long long)signed_and_unsigned(text, sizeof text));
  return 0;
}
C
clang-22 -O0 bytes.c -o native
wasi_cc bytes.c -o bytes.wasm
./native > expected
every_way prints_expected bytes.wasm "$all_levels" "$all_modes"
