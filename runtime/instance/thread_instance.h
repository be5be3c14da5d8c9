// Instances for further threads of a program: the same module over the same memory.
#pragma once

#include "format/result.h"
#include "runtime/instance/instance.h"

namespace tenon::runtime {

// Instantiates `original`'s module again, with what `original` imports: its host functions, and
// its memories, which must be shared. Shared memories that it defines are `original`'s too, which
// must outlive the instance. Everything else is the new instance's own, as the threads proposals
// have it; a module that imports tables or globals, or functions of other instances, is refused,
// because those belong to one thread. `ledger` and `trap` are as with Instantiate. The imported
// memories must outlive the instance.
Result<Instance*> InstantiateForThread(Instance* original, Ledger* ledger, abi::TrapKind* trap);

}  // namespace tenon::runtime
