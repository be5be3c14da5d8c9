/* The greatest common divisor; gcd(0, 0) traps. */
__attribute__((export_name("gcd"))) unsigned gcd(unsigned a, unsigned b) {
  if (a == 0 && b == 0) __builtin_trap();
  while (b != 0) {
    unsigned rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}
