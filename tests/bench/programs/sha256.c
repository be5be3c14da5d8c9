// The SHA-256 hash of a long buffer: 32-bit rotations, additions and a working
// set that should stay in registers.
#include <string.h>

#include "kernel.h"

static uint32_t round_constants[64];
static uint32_t initial_state[8];

// The first 32 bits behind the point of the root of `prime`: the square root, or
// the cube root. Whole numbers only, so that every engine finds the same ones.
static uint32_t RootFraction(uint64_t prime, int cube) {
  uint64_t low = 0;
  uint64_t high = 1ull << 37;
  while (high - low > 1) {
    const uint64_t middle = low + (high - low) / 2;
    unsigned __int128 power = (unsigned __int128)middle * middle;
    unsigned __int128 wanted = (unsigned __int128)prime << 64;
    if (cube) {
      // middle³ ≤ prime·2⁹⁶, without a product of more than 128 bits.
      power = power * middle;
      wanted <<= 32;
    }
    if (power <= wanted) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return (uint32_t)low;
}

static void FillConstants(void) {
  int found = 0;
  for (uint64_t candidate = 2; found < 64; ++candidate) {
    int prime = 1;
    for (uint64_t divisor = 2; divisor * divisor <= candidate; ++divisor) {
      if (candidate % divisor == 0) prime = 0;
    }
    if (!prime) continue;
    if (found < 8) initial_state[found] = RootFraction(candidate, 0);
    round_constants[found++] = RootFraction(candidate, 1);
  }
}

static inline uint32_t RotateRight(uint32_t value, int count) {
  return value >> count | value << (32 - count);
}

static void Compress(uint32_t state[8], const uint8_t* block) {
  uint32_t schedule[64];
  for (int index = 0; index < 16; ++index) {
    const uint8_t* word = block + 4 * index;
    schedule[index] =
        (uint32_t)word[0] << 24 | (uint32_t)word[1] << 16 | (uint32_t)word[2] << 8 | word[3];
  }
  for (int index = 16; index < 64; ++index) {
    const uint32_t early = schedule[index - 15];
    const uint32_t late = schedule[index - 2];
    schedule[index] = schedule[index - 16] + schedule[index - 7] +
                      (RotateRight(early, 7) ^ RotateRight(early, 18) ^ early >> 3) +
                      (RotateRight(late, 17) ^ RotateRight(late, 19) ^ late >> 10);
  }
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
  for (int index = 0; index < 64; ++index) {
    const uint32_t first = h + (RotateRight(e, 6) ^ RotateRight(e, 11) ^ RotateRight(e, 25)) +
                           ((e & f) ^ (~e & g)) + round_constants[index] + schedule[index];
    const uint32_t second = (RotateRight(a, 2) ^ RotateRight(a, 13) ^ RotateRight(a, 22)) +
                            ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + first;
    d = c, c = b, b = a, a = first + second;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d;
  state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

// `length` is a multiple of 64 here; the padding is a block of its own.
static void Hash(const uint8_t* data, size_t length, uint32_t state[8]) {
  memcpy(state, initial_state, sizeof(initial_state));
  for (size_t offset = 0; offset < length; offset += 64) Compress(state, data + offset);
  uint8_t padding[64] = {0x80};
  for (int index = 0; index < 8; ++index) {
    padding[63 - index] = (uint8_t)((uint64_t)length * 8 >> (8 * index));
  }
  Compress(state, padding);
}

int main(void) {
  FillConstants();
  const size_t length = (size_t)Opaque(1 << 20);
  uint8_t* data = Allocate(length);
  uint32_t random_state = 88172645u;
  for (size_t index = 0; index < length; ++index) data[index] = (uint8_t)NextRandom(&random_state);
  uint32_t state[8];
  KernelBegin();
  for (int repeat = Opaque(64); repeat > 0; --repeat) {
    Hash(data, length, state);
    data[0] ^= (uint8_t)state[0];
  }
  KernelEnd();
  for (int index = 0; index < 8; ++index) printf("%08x", state[index]);
  // The hash of nothing is well known, which makes a wrong constant visible.
  Hash(data, 0, state);
  printf(" empty %08x\n", state[0]);
  free(data);
  return 0;
}
