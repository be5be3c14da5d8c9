// The passes of ours by name (passes.def), for options and for pipelines as LLVM's `opt` reads
// them.
#pragma once

#include <llvm/IR/PassInstrumentation.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Target/TargetMachine.h>

#include <string>

#include "compiler/optimize/pass_options.h"
#include "format/result.h"

namespace tenon::compiler {

// Lets `passes` parse the names of ours, and messages say them. `machine` must outlive what is
// parsed.
void RegisterPasses(llvm::PassBuilder& passes, llvm::PassInstrumentationCallbacks& callbacks,
                    const llvm::TargetMachine& machine);

// Whether the names exist and may be used so: a pass without which code would be wrong cannot be
// left out. `passes`: after RegisterPasses.
Status CheckPassOptions(const PassOptions& options, llvm::PassBuilder& passes);

}  // namespace tenon::compiler
