// Wasm values as words of a command line: the arguments and results of --invoke.
#pragma once

#include <cstdint>

#include "format/value_type.h"

namespace tenon::runtime {

// `cells`: one 64-bit cell, or two for a v128 (abi::CellsOf). Integers are decimal or hexadecimal
// and may be negative, a v128 is hexadecimal, a reference is "null". False: `text` is no such
// value.
bool ParseValue(const char* text, ValueType type, std::uint64_t* cells);

// On a line of its own, to standard output.
void PrintValue(const std::uint64_t* cells, ValueType type);

}  // namespace tenon::runtime
