// Bounds checks that another one has already made.
#pragma once

#include <llvm/IR/Dominators.h>

namespace tenon::compiler {

// Makes one check of several that are of the same index and follow each other, the widest first.
// True: something has changed, but no block or edge.
bool MergeChecks(const llvm::DominatorTree& dominators);

}  // namespace tenon::compiler
