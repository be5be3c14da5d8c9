// A small machine whose instructions are functions reached through a table: what
// a call through a pointer costs, with its check of the signature.
#include "kernel.h"

typedef struct Machine Machine;
typedef void (*Operation)(Machine* machine, int operand);

typedef struct {
  Operation operation;
  int operand;
} Instruction;

struct Machine {
  uint32_t accumulator;
  uint32_t registers[4];
  int next;
  int running;
};

static void Add(Machine* machine, int operand) {
  machine->accumulator += machine->registers[operand];
}
static void Multiply(Machine* machine, int operand) {
  machine->accumulator *= machine->registers[operand] | 1;
}
static void Rotate(Machine* machine, int operand) {
  machine->accumulator = machine->accumulator << operand | machine->accumulator >> (32 - operand);
}
static void Store(Machine* machine, int operand) {
  machine->registers[operand] = machine->accumulator;
}
static void Load(Machine* machine, int operand) {
  machine->accumulator = machine->registers[operand];
}
static void Decrement(Machine* machine, int operand) { --machine->registers[operand]; }
static void JumpUnlessZero(Machine* machine, int operand) {
  if (machine->registers[3] != 0) machine->next = operand;
}
static void Stop(Machine* machine, int operand) {
  (void)operand;
  machine->running = 0;
}

static const Instruction program[] = {
    {Load, 0},   {Add, 1}, {Rotate, 7}, {Multiply, 2},  {Store, 0},          {Add, 2},  {Store, 1},
    {Rotate, 3}, {Add, 0}, {Store, 2},  {Decrement, 3}, {JumpUnlessZero, 0}, {Stop, 0},
};

int main(void) {
  Machine machine = {0, {1, 2, 3, (uint32_t)Opaque(5000000)}, 0, 1};
  KernelBegin();
  while (machine.running) {
    const Instruction* instruction = &program[machine.next++];
    instruction->operation(&machine, instruction->operand);
  }
  KernelEnd();
  printf("registers %08x %08x %08x\n", machine.registers[0], machine.registers[1],
         machine.registers[2]);
  return 0;
}
