"""The C program round random loops: one buffer, filled anew before each and reported after it.

What loop_nests.py and vector_loops.py have in common: each of their loops has text(), a function in C,
and call(), which fills the buffer, calls that function and reports.
"""


def print_program(title, size, loops, includes=(), globals_text=''):
    """`size`: of the buffer, in bytes, as C."""
    lines = ''.join(f'#include <{name}>\n' for name in ('stdint.h', 'stdio.h', 'string.h', *includes))
    print(f'''// {title}
{lines}#define KEEP __attribute__((noinline))
static uint8_t memory[{size}] __attribute__((aligned(16)));
{globals_text}static void fill(unsigned seed, unsigned float_size) {{
  uint32_t state = seed * 2654435761u + 1;
  for (unsigned i = 0; i < sizeof memory; i += float_size ? float_size : 4) {{
    state = state * 1664525 + 1013904223;
    double number = (double)(int32_t)state / 1e9;
    float small = (float)number;
    if (float_size == 8) memcpy(memory + i, &number, 8);
    else if (float_size == 4) memcpy(memory + i, &small, 4);
    else memcpy(memory + i, &state, 4);
  }}
}}
// All NaNs are one: which bits a NaN has is not fixed.
static void report(unsigned number, unsigned float_size) {{
  uint64_t hash = 1469598103934665603u;
  for (unsigned i = 0; i < sizeof memory; i += 4) {{
    uint32_t word;
    memcpy(&word, memory + i, 4);
    if (float_size == 4 && (word & 0x7fffffff) > 0x7f800000) word = 0x7fc00000;
    if (float_size == 8 && i % 8 == 0) {{
      double whole;
      memcpy(&whole, memory + i, 8);
      if (whole != whole) {{ memset(memory + i, 0, 8); word = 0; }}
    }}
    hash = (hash ^ word) * 1099511628211u;
  }}
  printf("%u %016llx\\n", number, (unsigned long long)hash);
}}
''')
    for loop in loops:
        print(loop.text())
    print('int main(void) {')
    for loop in loops:
        print(loop.call(), end='')
    print('  return 0;\n}')
