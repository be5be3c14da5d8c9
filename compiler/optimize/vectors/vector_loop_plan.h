// Whether and how the iterations of an innermost loop of vectors can be done several at once.
#pragma once

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Intrinsics.h>
#include <llvm/MC/MCSubtargetInfo.h>

#include <optional>
#include <vector>

#include "compiler/optimize/vectors/access_ranges.h"
#include "compiler/optimize/vectors/iteration_shapes.h"

namespace tenon::compiler {

// phi = phi op x.
struct VectorReduction {
  enum class Order {
    // Integers, in any order: one sum in each part of a wide vector, brought together at the end.
    // The first part begins with what the phi begins with, the others with zero.
    kAny,
    // The same, where all parts begin alike, as op gives the same for the same twice.
    kAnyRepeated,
    // One part after the other.
    kKept,
  };
  llvm::PHINode* phi;
  llvm::Instruction* operation;
  Order order;
};

struct VectorLoopPlan {
  IterationShapes shapes;
  // What stores, sums and loads that must trap depend on, in order; without phis.
  std::vector<llvm::Instruction*> needed;
  std::vector<VectorReduction> reductions;
  std::vector<AddressClass> classes;
  unsigned group;

  // Of which one the value is the phi or the operation, or null.
  const VectorReduction* ReductionOf(const llvm::Value* value) const;
};

// Nothing if the loop cannot be widened, or has nothing to widen. Changes nothing.
std::optional<VectorLoopPlan> MakeVectorLoopPlan(const llvm::Loop& loop, llvm::LoopInfo& loops,
                                                 llvm::ScalarEvolution& evolution,
                                                 const llvm::TargetTransformInfo& target,
                                                 const llvm::MCSubtargetInfo& processor);

// The intrinsic that does for vectors of `bits` in each 128 bits what the processor's 128-bit
// intrinsic `id` does, or not_intrinsic where the processor has none.
llvm::Intrinsic::ID WideTargetIntrinsic(llvm::Intrinsic::ID id, unsigned bits,
                                        const llvm::MCSubtargetInfo& processor);

}  // namespace tenon::compiler
