// What registers and spill slots of final machine code hold, as far as memory accesses need it: the
// context, a memory's base, its size less a constant, a number below 2^32.
//
// Derived from the machine instructions alone, after register allocation and scheduling, so that it
// holds whatever the optimiser and instruction selection believed: the only sources are the
// register in which the context arrives, the instance's layout (abi.h), and what each known
// instruction does.
#pragma once

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/CodeGen/MachineFunction.h>
#include <llvm/CodeGen/TargetInstrInfo.h>

#include <optional>
#include <vector>

#include "compiler/target/machine_semantics.h"

namespace tenon::compiler {

// Where an instance keeps its memories (plan/instance_layout.h); offsets in bytes from the
// VmContext.
struct MemoryPlaces {
  struct Memory {
    bool is_guarded = false;
    bool is_imported = false;
    std::uint64_t offset = 0;  // of the MemoryInstance, or of the pointer to it
  };
  std::vector<Memory> memories;
};

// The spill slot that an instruction accesses, by frame index, if that is all the memory it does.
std::optional<int> SpillSlotOf(const llvm::MachineInstr& instruction);

// Solves for the states at the starts of all blocks of a function, forwards to a fixed point.
class MachineValues {
 public:
  MachineValues(const llvm::MachineFunction& function, const MachineSemantics& semantics,
                const MemoryPlaces& places);

  // Nothing if no path reaches the block.
  const MachineState* AtStartOf(const llvm::MachineBasicBlock& block) const;
  void Step(const llvm::MachineInstr& instruction, MachineState& state) const;
  // What an instruction that loads 64 bits loads.
  MachineValue Loaded(const llvm::MachineInstr& load, const MachineState& before) const;

 private:
  void Solve(const llvm::MachineFunction& function);
  MachineState Entry(const llvm::MachineFunction& function) const;

  const GeneralRegisters& registers_;
  const MachineSemantics& semantics_;
  const MemoryPlaces& places_;
  std::vector<std::optional<MachineState>> starts_;  // by block number
};

}  // namespace tenon::compiler
