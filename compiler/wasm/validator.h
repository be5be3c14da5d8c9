// Decides whether a Module is valid (core specification, section 3), so that
// everything after it may assume one.
//
// Valid are the modules of WebAssembly 2.0 without SIMD, with two additions in
// constant expressions: i32 and i64 add, sub and mul (extended-const), and
// global.get of every immutable global before the one being initialised (3.0),
// not of imported ones alone. Tables with an initializer are valid too.
//
// Errors begin with the words of the specification's test suite.
#pragma once

#include "compiler/wasm/module.h"
#include "format/result.h"

namespace tenon::wasm {

// Memory addresses are 32 bits wide, a page is 64 KiB.
inline constexpr std::uint64_t kMaximumMemoryPages = 65'536;
inline constexpr std::uint64_t kMaximumTableElements = 0xFFFF'FFFF;
// How many operands a function may hold at a time; a limit of this
// implementation. Two bytes of code can push a thousand, and neither here nor in
// lowering may a small file need much memory.
inline constexpr std::size_t kMaximumOperandStack = 1'000'000;

// Checks all of `module`, function bodies included. Function::referenced must
// have been set, as ReadModule does.
Status ValidateModule(const Module& module);

}  // namespace tenon::wasm
