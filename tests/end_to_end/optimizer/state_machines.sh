# State machines written as a switch in a loop give what a table of the same transitions gives, at every level.
source "$(dirname "$0")/../common.sh"
python3 - > machines.c <<'P'
# Machines of every size: transitions by ranges and by single bytes, states entered from many places,
# a state kept over a byte, counts on the way, an end in the middle and a state held in memory.
import random
random.seed(20)
print('#include <stdio.h>\n#include <stdint.h>\n#define KEEP __attribute__((noinline))')
machines = []
for number, states in enumerate([2, 3, 4, 5, 7, 8, 12, 16, 24, 40]):
    table = [[None] * 256 for _ in range(states)]
    cases = []
    for state in range(states):
        default = random.randrange(states)
        code = []
        row = [(default, 0)] * 256
        for _ in range(random.randrange(1, 5)):
            low = random.randrange(256)
            high = min(255, low + random.choice([0, 0, 9, 25, 100]))
            target, count = random.randrange(states), random.randrange(3)
            code.append((low, high, target, count))
        text = ''
        for low, high, target, count in reversed(code):
            for byte in range(low, high + 1):
                row[byte] = (target, count)
        # Of two ranges that overlap the first in the text counts.
        for low, high, target, count in code:
            step = 'counts[%d] += byte;' % count if count else ''
            text += 'if (byte >= %d && byte <= %d) { state = %d; %s }\n      else ' % (low, high, target, step)
        text += 'state = %d;' % default
        table[state] = row
        cases.append('    case %d: %s break;' % (state, text))
    end = states - 1
    print('KEEP static uint32_t machine%d(const uint8_t** text, uint32_t* counts) {' % number)
    print('  const uint8_t* at = *text; uint32_t state = 0;')
    print('  for (; *at; ++at) {\n    uint8_t byte = *at;\n    if (byte == 44) { ++at; break; }\n    switch (state) {')
    print('\n'.join(cases))
    print('    }\n    if (state == %d && byte > 250) break;\n  }\n  *text = at;\n  return state;\n}' % end)
    print('static const uint8_t next%d[%d][256][2] = {%s};' % (
        number, states, ','.join('{' + ','.join('{%d,%d}' % cell for cell in row) + '}' for row in table)))
    machines.append((number, states))
print('''static uint32_t by_table(const uint8_t (*next)[256][2], uint32_t end, const uint8_t** text, uint32_t* counts) {
  const uint8_t* at = *text; uint32_t state = 0;
  for (; *at; ++at) {
    if (*at == 44) { ++at; break; }
    const uint8_t* to = next[state][*at];
    if (to[1]) counts[to[1]] += *at;
    state = to[0];
    if (state == end && *at > 250) break;
  }
  *text = at;
  return state;
}
static uint8_t text[60001];
#define COMPARE(number, states) { \\
  const uint8_t *a = text, *b = text; uint32_t x[3] = {0}, y[3] = {0}; unsigned stops = 0, wrong = 0; \\
  for (; *a && *b && !wrong; ++stops) { \\
    wrong += machine##number(&a, x) != by_table(next##number, states - 1, &b, y) || a != b; \\
    wrong += x[1] != y[1] || x[2] != y[2]; \\
    a += *a > 250; b += *b > 250; } \\
  printf("%d: %s\\n", number, wrong || stops < 100 ? "differs" : "equal"); }
int main(void) {
  uint32_t seed = 7;
  for (unsigned i = 0; i < sizeof text - 1; ++i) {
    seed = seed * 1664525 + 1013904223;
    text[i] = (uint8_t)(seed >> 24 ? seed >> 24 : 1);
  }''')
for number, states in machines:
    print('  COMPARE(%d, %d)' % (number, states))
print('  return 0;\n}')
P
wasi_cc machines.c -o machines.wasm
all_are_equal() {
  for mode in $modes; do
    "$TENON" --bounds-checks=$mode "$1" > out
    [ "$(grep -c equal out)" = 10 ] || { cat out; fail "in $mode mode"; }
  done
}
every_way all_are_equal machines.wasm "$all_levels"
