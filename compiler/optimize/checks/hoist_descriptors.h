// The base and the size of memories read once before a loop that cannot change them.
#pragma once

#include <llvm/Analysis/LoopInfo.h>

namespace tenon::compiler {

// Loops must have preheaders. True: something has changed.
bool HoistMemoryDescriptors(llvm::LoopInfo& loops);

}  // namespace tenon::compiler
