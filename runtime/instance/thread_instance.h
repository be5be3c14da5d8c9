// Instances for further threads of a program: the same module with the same memory.
#pragma once

#include "format/result.h"
#include "runtime/instance/instance.h"

namespace tenon::runtime {

// Instantiates `original`'s module again, with the host functions and memories that `original`
// imports. The memories must be shared and outlive the new instance. Shared memories that the
// module defines are those of `original`, which must outlive the new instance too. Everything else
// is the new instance's own, as the threads proposals say. A module that imports tables, globals or
// functions of other instances is refused, because those belong to one thread. `ledger` and `trap`
// are as for Instantiate.
Result<Instance*> InstantiateForThread(Instance* original, Ledger* ledger, abi::TrapKind* trap);

}  // namespace tenon::runtime
