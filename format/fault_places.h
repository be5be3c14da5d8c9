// Fault places: the instructions of a guard variant that fault in the place of a bounds check. A
// fault anywhere else is no trap of the program's, but a fault of ours.
//
// A function's places are bytes of the section "fault places": their number, then the bytes of code
// from each to the next (from the function's start in the first), all unsigned LEB128.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tenon::container {

// Appends the places of one function: bytes from its start, ascending.
void AppendFaultPlaces(std::span<const std::uint64_t> places, std::vector<std::uint8_t>& bytes);

// Whether `code_offset`, in bytes from the function's start, is one of the places that `bytes` (a
// function's places, then anything) begin with. Bytes of another form name none. No allocation, so
// a signal handler may.
bool IsFaultPlace(std::span<const std::uint8_t> bytes, std::uint64_t code_offset);

}  // namespace tenon::container
