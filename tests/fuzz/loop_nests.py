#!/usr/bin/env python3
"""Writes a C program of random nested loops over arrays that share one buffer, and may overlap.

loop_nests.py SEED COUNT > program.c

The program prints one line for each nest: its number and a hash of the buffer after it. Whatever a
compiler makes of the loops, the lines must stay the same: compare those of --opt-level=0 with those
of other levels, bounds checks and processors.
"""
import random
import sys

from loop_program import print_program

SIZE = 1 << 16
TYPES = {'double': 8, 'float': 4, 'int32_t': 4, 'uint64_t': 8, 'uint16_t': 2, 'uint8_t': 1}


def is_float(kind):
    return kind in ('double', 'float')


class Nest:
    """One function: `for j` round one or two loops over k, round nothing or inside `for i`."""

    def __init__(self, number, choose):
        self.number = number
        self.choose = choose
        self.kind = choose.choice(['double'] * 4 + ['float'] * 3 + ['int32_t', 'uint64_t', 'uint16_t', 'uint8_t'])
        self.rows = choose.choice([3, 8, 16, 31, 40])
        self.columns = choose.choice([4, 8, 16, 17, 33, 48, 64])
        self.pitch = choose.choice([self.columns, self.columns, 64, 64, 7, 1])
        # Sizes the compiler does not know.
        self.is_open = choose.random() < 0.4
        # Where arrays begin, in elements. Few places, so that they often overlap.
        elements = SIZE // TYPES[self.kind]
        limit = min(elements - 64 * 64 - 128, 3 * 64 * 64)
        places = [choose.randrange(0, max(1, limit)) for _ in range(3)] + [0]
        self.arrays = [choose.choice(places) + choose.choice([0, 0, 0, 1, 5]) for _ in range(4)]

    def size(self, name):
        return name if self.is_open else str({'rows': self.rows, 'columns': self.columns, 'pitch': self.pitch}[name])

    def element(self, array, ways):
        pitch = self.size('pitch')
        index = {'kj': f'k * {pitch} + j', 'ij': f'i * {pitch} + j', 'ik': f'i * {pitch} + k',
                 'jk': f'j * {pitch} + k', 'ki': f'k * {pitch} + i', 'ji': f'j * {pitch} + i',
                 'j': 'j', 'k': 'k', 'i': 'i', 'jj': f'j * {pitch} + j'}[self.choose.choice(ways)]
        return f'buffer[{self.arrays[array]} + {index}]'

    def operand(self, ways):
        if self.choose.random() < 0.15:
            return self.choose.choice(['3', f'({self.kind})(j + k)', f'({self.kind})i', '(k & 1 ? 2 : 5)'])
        return self.element(self.choose.randrange(4), ways)

    def value(self, ways):
        operator = self.choose.choice(['*', '*', '+', '-'] if is_float(self.kind) else ['*', '+', '-', '^', '&'])
        text = f'{self.operand(ways)} {operator} {self.operand(ways)}'
        if self.choose.random() < 0.2:
            text = f'({text}) {self.choose.choice(["+", "-", "*"])} {self.operand(ways)}'
        if self.choose.random() < 0.1:
            text = f'({self.operand(ways)} < {self.operand(ways)} ? {text} : {self.operand(ways)})'
        return text

    def inner(self):
        ways = ['kj', 'kj', 'ik', 'ki', 'j', 'k', 'ij', 'jk', 'i']
        target = self.element(self.choose.randrange(4), self.choose.choice([['ij', 'j'], ['kj'], ['ik', 'k'], ['ji', 'jj']]))
        start = self.choose.choice(['0', '0', '0', '1', 'i', 'i + 1'])
        end = self.choose.choice([self.size('rows')] * 3 + ['i', 'i + 1', self.size('rows') + ' - 1'])
        step = self.choose.choice(['++k', '++k', '++k', 'k += 2'])
        operator = self.choose.choice(['+=', '+=', '-=', '='])
        form = self.choose.randrange(4)
        loop = f'for (unsigned k = {start}; k < {end}; {step})'
        if self.choose.random() < 0.2:
            loop = f'for (unsigned k = {end}; k-- > {start};)'
        if self.choose.random() < 0.2:
            loop = f'_Pragma("clang loop unroll_count({self.choose.choice([2, 2, 4])})") {loop}'
        if form == 0:
            return f'{loop} {target} {operator} ({self.kind})({self.value(ways)});'
        if form == 1:
            first = target.replace('k', '1')
            return (f'{{ {self.kind} sum = {self.choose.choice(["0", first])}; {loop} sum {operator} ({self.kind})'
                    f'({self.value(ways)}); {first} = sum; }}')
        if form == 2:
            # A filter hands on what it loaded and made.
            kind = self.kind
            recent = self.choose.choice([f'before = ({kind})({self.operand(ways)}); second = {target};',
                                         f'second = before; before = ({kind})({self.operand(ways)});'])
            return (f'{{ {kind} before = 0, second = 1; {loop} {{ {target} {operator} '
                    f'({kind})(({kind})(before * ({kind})3) + second); {recent} }} }}')
        other = self.element(self.choose.randrange(4), ['kj', 'ik', 'ij'])
        return (f'{loop} {{ {target} {operator} ({self.kind})({self.value(ways)}); '
                f'{other} = ({self.kind})({self.value(ways)}); }}')

    def outer_only(self):
        target = self.element(self.choose.randrange(4), ['ij', 'j', 'ji', 'jj', 'i'])
        value = f'{self.element(self.choose.randrange(4), ["ij", "j", "ji", "i"])} * 3 + 1'
        return f'{target} = ({self.kind})({value});'

    def text(self):
        body = []
        if self.choose.random() < 0.5:
            body.append(self.outer_only())
        body.append(self.inner())
        if self.choose.random() < 0.25:
            body.append(f'if (i & 1) {{ {self.inner()} }}')
        if self.choose.random() < 0.5:
            body.append(self.outer_only())
        start = self.choose.choice(['0', '0', '0', '1', 'i'])
        end = self.choose.choice([self.size('columns')] * 4 + ['i', 'i + 20'])
        outer = f'for (unsigned j = {start}; j < {end}; ++j) {{ {" ".join(body)} }}'
        if self.choose.random() < 0.2:
            outer = f'for (unsigned j = {self.size("columns")}; j-- > 0;) {{ {" ".join(body)} }}'
        rounds = self.choose.choice(['2', '5', '12'])
        return f'''KEEP static void nest{self.number}({self.kind}* buffer, unsigned rows, unsigned columns, unsigned pitch) {{
  (void)rows; (void)columns; (void)pitch;
  for (unsigned i = 0; i < {rounds}; ++i)
    {outer}
}}
'''

    def call(self):
        return (f'  fill({self.number}, {int(is_float(self.kind)) * TYPES[self.kind]});\n'
                f'  nest{self.number}(({self.kind}*)memory, {self.rows}, {self.columns}, {self.pitch});\n'
                f'  report({self.number}, {int(is_float(self.kind)) * TYPES[self.kind]});\n')


def main():
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    nests = [Nest(number, random.Random(seed * 1000003 + number)) for number in range(count)]
    print_program(f'loop_nests.py {seed} {count}', SIZE, nests)


if __name__ == '__main__':
    main()
