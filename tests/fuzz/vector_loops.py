#!/usr/bin/env python3
"""Writes a C program of random loops of 128-bit vectors over arrays that share one buffer, and may overlap.

vector_loops.py SEED COUNT [NUMBER] > program.c    (to be compiled with -msimd128; NUMBER: that loop alone)

The program prints one line for each loop: its number and a hash of the buffer after it. Whatever a
compiler makes of the loops, the lines must stay the same: compare those of --opt-level=0 with those
of other levels, bounds checks and processors.
"""
import random
import sys

from loop_program import print_program

SIZE = 1 << 14
INTEGERS = {'i8x16': 1, 'i16x8': 2, 'i32x4': 4, 'i64x2': 8}
FLOATS = {'f32x4': 4, 'f64x2': 8}


class Loop:
    """One function: for each i, vectors are loaded, calculated with and stored."""

    def __init__(self, number, choose):
        self.number = number
        self.choose = choose
        self.kind = choose.choice(list(INTEGERS) * 2 + list(FLOATS))
        self.is_float = self.kind in FLOATS
        self.count = choose.choice([0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 64, 65, 100])
        # Whether the compiler does not know the count.
        self.is_open = choose.random() < 0.7
        # Where arrays begin. Few places near each other, so that they often overlap.
        places = [choose.randrange(2048, SIZE - 4096, choose.choice([8, 2048, 2048, 2048])) for _ in range(5)]
        self.arrays = [choose.choice(places) + choose.choice([0, 0, 0, 0, 8, 16, 32, 64, 72]) for _ in range(4)]
        self.step = choose.choice([16] * 20 + [32, 8, 48])
        self.sums = []
        self.names = 0
        self.lines = []

    def define(self, text):
        name = f'v{self.names}'
        self.names += 1
        self.lines.append(f'v128_t {name} = {text};')
        return name

    def address(self):
        array = self.choose.choice(self.arrays)
        near = self.choose.choice([0] * 12 + [16, -16, 8, -8, 4, 32])
        if self.choose.random() < 0.02:
            return f'memory + {array + near}'
        if self.choose.random() < 0.02:
            return f'memory + {array + 2048} - i * {self.step}'
        return f'memory + {array + near} + i * {self.step}'

    def load(self):
        address = self.address()
        if self.choose.random() < 0.1:
            extension = self.choose.choice(['i16x8_load8x8', 'u16x8_load8x8', 'i32x4_load16x4', 'u32x4_load16x4',
                                            'i64x2_load32x2', 'u64x2_load32x2'])
            if not self.is_float:
                return self.define(f'wasm_{extension}({address.replace("* 16", "* 8")})')
        if self.choose.random() < 0.03:
            bits = 8 * {**INTEGERS, **FLOATS}[self.kind]
            return self.define(f'wasm_v128_load{bits}_splat({address})')
        return self.define(f'wasm_v128_load({address})')

    def operation(self, values):
        choose = self.choose
        a, b, c = (choose.choice(values) for _ in range(3))
        kind = self.kind
        if self.is_float:
            binary = ['add', 'sub', 'mul', 'pmin', 'pmax']
            return choose.choice([
                f'wasm_{kind}_{choose.choice(binary)}({a}, {b})', f'wasm_{kind}_{choose.choice(binary)}({a}, {b})',
                f'wasm_{kind}_neg({a})', f'wasm_{kind}_abs({a})', f'wasm_{kind}_floor({a})',
                f'wasm_v128_bitselect({a}, {b}, wasm_{kind}_lt({b}, {c}))',
                f'wasm_{kind}_mul({a}, wasm_{kind}_splat(0.75))'])
        width = INTEGERS[kind]
        lanes = 16 // width
        unsigned = kind.replace('i', 'u')
        forms = [f'wasm_{kind}_add({a}, {b})', f'wasm_{kind}_sub({a}, {b})', f'wasm_v128_xor({a}, {b})',
                 f'wasm_v128_and({a}, {b})', f'wasm_v128_andnot({a}, {b})', f'wasm_v128_or({a}, {b})',
                 f'wasm_v128_not({a})', f'wasm_{kind}_shl({a}, {choose.randrange(8 * width)})',
                 f'wasm_{kind}_shr({a}, {choose.randrange(8 * width)})',
                 f'wasm_{unsigned}_shr({a}, shift)', f'wasm_{kind}_abs({a})', f'wasm_{kind}_neg({a})',
                 f'wasm_v128_bitselect({a}, {b}, wasm_{kind}_gt({b}, {c}))',
                 f'wasm_v128_bitselect({a}, {b}, {c})',
                 f'wasm_{kind}_shuffle({a}, {b}, {", ".join(str(choose.randrange(2 * lanes)) for _ in range(lanes))})',
                 f'wasm_i8x16_swizzle({a}, {b})',
                 f'wasm_i8x16_swizzle({a}, wasm_i8x16_const({", ".join(str(choose.randrange(-4, 18)) for _ in range(16))}))',
                 f'wasm_i32x4_dot_i16x8({a}, {b})', f'wasm_i16x8_q15mulr_sat({a}, {b})',
                 f'wasm_i8x16_narrow_i16x8({a}, {b})', f'wasm_u8x16_narrow_i16x8({a}, {b})',
                 f'wasm_i16x8_narrow_i32x4({a}, {b})', f'wasm_u16x8_narrow_i32x4({a}, {b})',
                 f'wasm_i16x8_extend_low_i8x16({a})', f'wasm_u16x8_extend_high_u8x16({a})',
                 f'wasm_i32x4_extmul_high_i16x8({a}, {b})', f'wasm_u16x8_extadd_pairwise_u8x16({a})',
                 f'wasm_i64x2_extmul_low_i32x4({a}, {b})', f'wasm_i8x16_popcnt({a})', f'wasm_u8x16_avgr({a}, {b})',
                 f'wasm_i8x16_add_sat({a}, {b})', f'wasm_u16x8_sub_sat({a}, {b})',
                 f'wasm_{kind}_eq({a}, {b})']
        if width != 1:
            forms.append(f'wasm_{kind}_mul({a}, {b})')
        if width != 8:
            forms += [f'wasm_{kind}_min({a}, {b})', f'wasm_{unsigned}_max({a}, {b})', f'wasm_{unsigned}_gt({a}, {b})']
        if choose.random() < 0.02:
            forms.append(f'wasm_{kind}_splat((int)i)')
            forms.append(f'wasm_{kind}_replace_lane({a}, 0, (int)i)')
        return choose.choice(forms)

    def sum(self, value):
        name = f's{len(self.sums)}'
        if self.is_float:
            operation = f'wasm_{self.kind}_add'
        elif self.kind in ('i8x16', 'i16x8', 'i32x4'):
            operation = self.choose.choice(['wasm_v128_xor', 'wasm_v128_or', 'wasm_v128_and', f'wasm_{self.kind}_min',
                                            f'wasm_{self.kind.replace("i", "u")}_max', f'wasm_{self.kind}_add',
                                            f'wasm_{self.kind}_sub'])
        else:
            operation = f'wasm_{self.kind}_add'
        start = self.choose.choice(['wasm_i32x4_const(0, 0, 0, 0)', 'wasm_v128_load(memory + 64)'])
        self.sums.append((name, start))
        self.lines.append(f'{name} = {operation}({name}, {value});')

    def text(self):
        choose = self.choose
        values = [self.load() for _ in range(choose.randint(1, 4))]
        for _ in range(choose.randint(1, 6)):
            values.append(self.define(self.operation(values)))
            if choose.random() < 0.2:
                self.lines.append(f'wasm_v128_store({self.address()}, {values[-1]});')
                values.append(self.load())
        if choose.random() < 0.8:
            self.lines.append(f'wasm_v128_store({self.address()}, {values[-1]});')
        if choose.random() < 0.35:
            self.sum(values[-1])
        if choose.random() < 0.1:
            self.sum(values[0])
        starts = ' '.join(f'v128_t {name} = {start};' for name, start in self.sums)
        ends = ' '.join(f'wasm_v128_store(memory + {SIZE + 16 * i}, {name});' for i, (name, _) in enumerate(self.sums))
        count = 'count' if self.is_open else self.count
        loop = f'for (unsigned i = 0; i < {count}; ++i)'
        if choose.random() < 0.1:
            loop = f'for (unsigned i = {count}; i-- > 0;)'
        unrolling = choose.choice(['', '', '', '_Pragma("clang loop unroll(disable)") ', '_Pragma("clang loop unroll(disable)") ', '_Pragma("clang loop unroll_count(2)") '])
        body = '\n    '.join(self.lines)
        return f'''KEEP static void loop{self.number}(uint8_t* memory, unsigned count, unsigned shift) {{
  (void)count; (void)shift;
  {starts}
  {unrolling}{loop} {{
    {body}
  }}
  {ends}
}}
'''

    def call(self):
        float_size = FLOATS.get(self.kind, 0)
        return (f'  fill({self.number}, {float_size});\n'
                f'  loop{self.number}(memory, {self.count} + zero, {self.choose.randrange(9)} + zero);\n'
                f'  report({self.number}, {float_size});\n')


def main():
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    loops = [Loop(number, random.Random(seed * 1000003 + number)) for number in range(count)
             if len(sys.argv) < 4 or number == int(sys.argv[3])]
    print_program(f'vector_loops.py {seed} {count}', f'{SIZE} + 64', loops, ['wasm_simd128.h'],
                  'static volatile unsigned zero;  // which compilers do not know\n')


if __name__ == '__main__':
    main()
