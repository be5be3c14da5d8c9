// What a module is compiled for, and from its optimised IR to object bytes.
#pragma once

#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

#include <cstdint>
#include <vector>

#include "compiler/target/machine_values.h"
#include "compiler/target/target.h"
#include "compiler/time_report.h"
#include "format/result.h"

namespace tenon::compiler {

// Says in an empty module what it is compiled for, which lowering needs to know.
void SetTarget(llvm::Module& module, const llvm::TargetMachine& machine);
// Says it in its functions, once they are there, for the optimiser and the code generator.
void SetTargetOfFunctions(llvm::Module& module, const llvm::TargetMachine& machine);

// The relocatable object of an optimised module. `guards`: where the instance keeps its memories,
// if pages guard them; null: all checks stay.
Result<std::vector<std::uint8_t>> EmitObject(llvm::Module& module, llvm::TargetMachine& machine,
                                             const MemoryPlaces* guards, TimeReport* report);

// The object of the target's support functions (ArchitectureInfo::support); empty if it needs none.
Result<std::vector<std::uint8_t>> EmitSupport(const TargetDescription& target);

}  // namespace tenon::compiler
