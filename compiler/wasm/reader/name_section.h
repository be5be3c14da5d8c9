// The name section (core specification, appendix "Name Section").
#pragma once

#include "compiler/wasm/module.h"

namespace tenon::wasm {

// Takes module and function names from the custom section "name", if there is
// one. What is broken there is left out, never reported: a custom section
// cannot make a module invalid.
void ReadNameSection(Module& module);

}  // namespace tenon::wasm
