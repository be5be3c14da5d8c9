// The passes of our own around LLVM's.
#pragma once

#include <llvm/IR/Function.h>
#include <llvm/IR/Instructions.h>

namespace tenon::compiler {

// Makes those volatile loads plain whose value something needs; the others stay, so that their
// trap stays. To be run on simplified SSA, before anything is inlined.
void RelaxUsedLoads(llvm::Module& module);

// In the place of RelaxUsedLoads: makes all accesses but those of the function's own slots
// volatile, so that they stay in the module's order and a load that traps finds exactly the stores
// before it. To be run on freshly lowered IR.
void KeepAccessOrder(llvm::Module& module);

// Keeps loads that are volatile for their trap apart from the selections that use them, where the
// target would load only what is selected (ArchitectureInfo::folds_volatile_loads). To be run
// behind the middle end.
void SeparateSelectedLoads(llvm::Function& function);

// Has code generation load all that the instruction says, and unconditionally.
void KeepLoadWhole(llvm::LoadInst& load);

// Makes divisions of more than 64 bits, which the optimiser forms for trip counts, plain code:
// there is no library behind it. To be run behind the middle end.
void ExpandWideDivisions(llvm::Function& function);

// Compares the stack pointer with the limit on entry of every function that calls. To be run
// last: a function that was inlined needs no check.
void InsertStackCheck(llvm::Function& function);

}  // namespace tenon::compiler
