// Lets loops that count up to zero count up from zero.
#pragma once

#include <llvm/Analysis/LoopInfo.h>

namespace tenon::compiler {

// Rewrites induction variables that start at a negative constant and end at one that is smaller as
// an unsigned number. Loops must be in simplified form. Returns whether anything changed.
bool RebaseInduction(llvm::LoopInfo& loops);

}  // namespace tenon::compiler
