# Functions that no pass of the optimiser could finish with in time, loops 80 deep and a branch with
# 5,000 targets, are compiled at once and do what C says.
source "$(dirname "$0")/common.sh"
{
  echo '#include <stdio.h>'
  echo 'static unsigned deep(unsigned n, const unsigned* values) {'
  echo '  unsigned sum = 1;'
  for depth in $(seq 80); do echo "for (unsigned i$depth = 0; i$depth < n + ($depth == 40); ++i$depth) { sum = sum * 3 + values[($depth + i$depth) & 7];"; done
  for depth in $(seq 80); do echo '}'; done
  echo '  return sum;'
  echo '}'
  echo 'static unsigned wide(unsigned state, unsigned steps) {'
  echo '  unsigned sum = 0;'
  echo '  while (steps-- != 0) switch (state) {'
  for state in $(seq 0 4999); do echo "case $state: sum = sum * 5 + $state; state = (state * 7 + sum) % 5001; break;"; done
  echo '    default: sum ^= 0x55; state = sum % 5000; break;'
  echo '  }'
  echo '  return sum;'
  echo '}'
  echo 'int main(void) {'
  echo '  static const unsigned values[8] = {1, 2, 3, 5, 7, 11, 13, 17};'
  echo '  printf("%u %u %u\n", deep(1, values), deep(0, values), wide(3, 20000));'
  echo '  return 0;'
  echo '}'
} > unusual.c
clang-22 -O0 unusual.c -o native
wasi_cc -O0 unusual.c -o unusual.wasm
./native > expected
every_way prints_expected unusual.wasm \
  "--opt-level=1 --bounds-checks=guard|--opt-level=3 --bounds-checks=guard|--opt-level=2 --bounds-checks=explicit"
