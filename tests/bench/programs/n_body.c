// Planets attracting each other: scalar floating point with division and square
// root, too few bodies to vectorise well.
#include <math.h>

#include "kernel.h"

enum { kBodies = 5 };

typedef struct {
  double position[3];
  double velocity[3];
  double mass;
} Body;

static Body bodies[kBodies];

static void Place(void) {
  uint32_t state = 2463534242u;
  for (int index = 0; index < kBodies; ++index) {
    Body* body = &bodies[index];
    for (int axis = 0; axis < 3; ++axis) {
      // Far apart and slow, so that no two come close enough for rounding to
      // decide where they go.
      body->position[axis] = 8.0 * index + (double)(NextRandom(&state) % 1000) / 500.0;
      body->velocity[axis] = (double)(NextRandom(&state) % 1000) / 20000.0;
    }
    body->mass = index == 0 ? 30.0 : 0.01 * index;
  }
}

static void Advance(double step) {
  for (int first = 0; first < kBodies; ++first) {
    Body* a = &bodies[first];
    for (int second = first + 1; second < kBodies; ++second) {
      Body* b = &bodies[second];
      double between[3];
      double square = 0.0;
      for (int axis = 0; axis < 3; ++axis) {
        between[axis] = a->position[axis] - b->position[axis];
        square += between[axis] * between[axis];
      }
      const double force = step / (square * sqrt(square));
      for (int axis = 0; axis < 3; ++axis) {
        a->velocity[axis] -= between[axis] * b->mass * force;
        b->velocity[axis] += between[axis] * a->mass * force;
      }
    }
  }
  for (int index = 0; index < kBodies; ++index) {
    for (int axis = 0; axis < 3; ++axis) {
      bodies[index].position[axis] += step * bodies[index].velocity[axis];
    }
  }
}

static double Momentum(void) {
  double total = 0.0;
  for (int index = 0; index < kBodies; ++index) {
    for (int axis = 0; axis < 3; ++axis) {
      total += bodies[index].mass * bodies[index].velocity[axis];
    }
  }
  return total;
}

int main(void) {
  Place();
  KernelBegin();
  for (int step = Opaque(3000000); step > 0; --step) Advance(1e-7);
  KernelEnd();
  printf("momentum %.9f position %.9f\n", Momentum(), bodies[1].position[0]);
  return 0;
}
