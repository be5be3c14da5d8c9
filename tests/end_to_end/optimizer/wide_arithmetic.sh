# 128-bit integers of C as wide arithmetic.
source "$(dirname "$0")/../common.sh"
cat > wide.c <<'END'
typedef unsigned __int128 u128;
__attribute__((export_name("run"))) unsigned long long Run(unsigned long long a, unsigned long long b) {
  u128 x = ((u128)a << 64 | b) + ((u128)b << 64 | a);
  u128 product = (u128)a * b;
  __int128 s = (__int128)(long long)a * (long long)b;
  x -= product;
  return (unsigned long long)(x >> 64) ^ (unsigned long long)x ^ (unsigned long long)(s >> 64);
}
#ifdef NATIVE
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char** argv) {
  printf("%lld\n", (long long)Run(strtoull(argv[1], 0, 0), strtoull(argv[2], 0, 0)));
}
#endif
END
wasm_cc -mwide-arithmetic wide.c -o wide.wasm
clang-22 -DNATIVE -O1 wide.c -o wide
"$TENONC" wide.wasm -o wide.aot
"$TENON" inspect wide.aot | grep -q "wasm features:.* wide-arithmetic"
for pair in "1 2" "0xFFFFFFFFFFFFFFFF 3" "0x8000000000000000 0x8000000000000001" "12345678901234567 0xFEDCBA9876543210"; do
  [ "$("$TENON" --invoke=run wide.aot $pair)" = "$(./wide $pair)" ]
done
