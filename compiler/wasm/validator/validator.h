// Decides whether a Module is valid (core specification, section 3), so that
// everything after it may assume one.
//
// Valid are the modules of WebAssembly 3.0 without garbage collection, of which only recursive
// groups and declared supertypes of function types are supported.
//
// Errors begin with the words of the specification's test suite.
#pragma once

#include "compiler/wasm/module.h"
#include "format/result.h"

namespace tenon::wasm {

// Of 64 KiB, by the width of addresses.
inline constexpr std::uint64_t kMaximumMemoryPages = 65'536;
inline constexpr std::uint64_t kMaximumMemoryPages64 = std::uint64_t{1} << 48;
inline constexpr std::uint64_t kMaximumTableElements = 0xFFFF'FFFF;
// How many operands a function may hold at a time; a limit of this
// implementation. Two bytes of code can push a thousand, and neither here nor in
// lowering may a small file need much memory.
inline constexpr std::size_t kMaximumOperandStack = 1'000'000;

// Checks all of `module`, function bodies included, and sets its uses_... fields.
// Function::referenced must have been set, as ReadModule does.
Status ValidateModule(Module& module);

}  // namespace tenon::wasm
