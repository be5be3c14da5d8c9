// Accesses that code generation must not make narrower, because their trap may be in the rest.
#pragma once

#include <llvm/IR/Function.h>
#include <llvm/IR/Instructions.h>

namespace tenon::compiler {

// Whether something needs the last byte that the load reads, as far as is seen.
bool ReadsLastByte(const llvm::LoadInst& load);

// Whether the value to store is what a place holds, but for an element.
bool ChangesElement(const llvm::StoreInst& store);

// Of a function whose memory is guarded by pages. To be run behind the middle end.
void KeepAccessesWhole(llvm::Function& function);

}  // namespace tenon::compiler
