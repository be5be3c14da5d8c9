// Whether and how the iterations of a loop round other loops can be taken in groups.
#pragma once

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/Instructions.h>

#include <optional>
#include <vector>

#include "compiler/optimize/vectors/access_ranges.h"
#include "compiler/optimize/vectors/iteration_shapes.h"

namespace tenon::compiler {

// memory = memory + x, for an address that is the same in all iterations: the group adds the x of
// its iterations one after the other. `operations` lead from the load to the store.
struct Accumulation {
  llvm::LoadInst* load;
  std::vector<llvm::BinaryOperator*> operations;
  llvm::StoreInst* store;
};

// What decides on a loop, found before anything is changed.
struct OuterLoopPlan {
  IterationShapes shapes;
  std::vector<Accumulation> accumulations;
  std::vector<AddressClass> classes;
  unsigned group;

  // Of which one the instruction is part, or null.
  const Accumulation* AccumulationOf(const llvm::Instruction& instruction) const;
};

// Whether a loop has the form that is understood: entered at its header, left at its latch alone.
bool HasOuterLoopForm(const llvm::Loop& loop, llvm::ScalarEvolution& evolution);

// For a loop of that form. Nothing if it cannot be vectorised or would gain nothing. Changes
// nothing.
std::optional<OuterLoopPlan> MakeOuterLoopPlan(const llvm::Loop& loop, llvm::LoopInfo& loops,
                                               llvm::ScalarEvolution& evolution,
                                               const llvm::TargetTransformInfo& target);

// Vectors of the program itself are not made wider: each iteration of a group has its own.
bool HasVectors(const llvm::Instruction& instruction);

// Whether neighbouring iterations load or store neighbouring numbers.
bool IsContiguous(const llvm::Instruction& access, const IterationShapes& shapes);

}  // namespace tenon::compiler
