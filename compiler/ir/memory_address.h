// How lowered code addresses linear memory, for passes over loops.
#pragma once

#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/IR/Instructions.h>

#include <optional>

namespace tenon::compiler {

// An address as the sum of a memory's base and an index of 32 or 64 bits, as wide as the addresses
// of the memory are. The index may wrap; so may the sum of an index and a constant that SCEV sees.
struct MemoryAddress {
  llvm::GetElementPtrInst* element;
  const llvm::SCEV* index;

  llvm::Value* base() const { return element->getPointerOperand(); }
};

// Nothing if the pointer is not made in this way.
std::optional<MemoryAddress> FindMemoryAddress(llvm::Value* pointer,
                                               llvm::ScalarEvolution& evolution);

}  // namespace tenon::compiler
