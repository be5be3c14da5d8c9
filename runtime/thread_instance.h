// Instances for further threads of a program: the same module over the same memory.
#pragma once

#include "format/result.h"
#include "runtime/instance.h"

namespace tenon::runtime {

// Instantiates `original`'s module again, with what `original` imports: its host functions, and
// its memories, which must be shared. Tables and globals are the new instance's own, as the threads
// proposals have it; a module that imports any, or functions of other instances, is refused,
// because those belong to one thread. `trap` is as with Instantiate. The imported memories must
// outlive the instance.
Result<Instance*> InstantiateForThread(Instance* original, abi::TrapKind* trap);

}  // namespace tenon::runtime
