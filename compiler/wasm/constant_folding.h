// Arithmetic in constant expressions whose operands are known is done once, when compiling.
#pragma once

#include "compiler/wasm/module.h"
#include "format/result.h"

namespace tenon::wasm {

// Shortens all constant expressions of a valid module; what remains depends on imported globals.
// An error if one of them still needs more values at a time than kMaximumConstantOperands.
Status FoldConstants(Module& module);

}  // namespace tenon::wasm
