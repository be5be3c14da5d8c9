// Undoes the unrolling that compilers did before they wrote WebAssembly.
#pragma once

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>

namespace tenon::compiler {

// Re-rolls each innermost loop of `function` whose body is several copies of one iteration.
// Loops must be in simplified form.
void RerollLoops(llvm::LoopInfo& loops, llvm::ScalarEvolution& evolution);

}  // namespace tenon::compiler
