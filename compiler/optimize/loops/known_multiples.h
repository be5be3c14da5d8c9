// Whether a number is a multiple of a power of two.
#pragma once

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/IR/BasicBlock.h>

namespace tenon::compiler {

// Whether `number`, an integer whose value is wanted at the end of `at`, is proved to be a multiple
// of 2^bits there, also by the branches on the way.
bool IsKnownMultiple(const llvm::SCEV* number, unsigned bits, const llvm::BasicBlock& at,
                     const llvm::LoopInfo& loops, llvm::ScalarEvolution& evolution);

}  // namespace tenon::compiler
