// Which functions of a module can be left by an exception.
#pragma once

#include <vector>

#include "compiler/wasm/module.h"

namespace tenon::compiler {

// By function index: whether the function throws, calls what is not known, or calls one that may
// throw. A try that catches everything is not considered.
std::vector<bool> FunctionsThatMayThrow(const wasm::Module& module);

}  // namespace tenon::compiler
