// Reads a WebAssembly binary into a Module (core specification, section 5).
//
// The reader answers for the form of the bytes: sections, their order and
// sizes, integers, names, types, constant expressions. Function bodies it only
// delimits; InstructionReader decodes them when the validator walks them.
// Whether indices exist and types fit is the validator's (validator.h).
//
// Encodings of proposals that this release does not support are refused with
// the proposal's name. Custom sections can never make a module malformed
// beyond their own name (appendix "Custom Sections").
#pragma once

#include <cstdint>
#include <span>

#include "compiler/wasm/limits.h"
#include "compiler/wasm/module.h"
#include "format/result.h"

namespace tenon::wasm {

// Decodes `bytes`, which must outlive the Module: names, bodies and segments
// refer to them. Also sets Function::referenced.
Result<Module> ReadModule(std::span<const std::uint8_t> bytes);

// Sets Function::referenced in a Module from elsewhere (a test's, say): for
// functions exported or named by an element segment or an initializer. These
// are the specification's `refs` (section 3.4.10), so a ref.func in a body of a
// valid module adds none.
void MarkReferencedFunctions(Module& module);

}  // namespace tenon::wasm
