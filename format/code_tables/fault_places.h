// Fault places: the instructions of a guard variant whose faults replace bounds checks. A fault
// anywhere else is not a trap of the program but a bug in Tenon.
//
// A function's places are bytes of the section "fault places": how many there are, then the bytes
// of code from each to the next (from the function's start in the first), all unsigned LEB128.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tenon::container {

// Appends the places of one function: bytes from its start, ascending.
void AppendFaultPlaces(std::span<const std::uint64_t> places, std::vector<std::uint8_t>& bytes);

// Whether `code_offset`, in bytes from the function's start, is one of the places of `bytes` (a
// function's places, then anything). Malformed bytes have no places. Allocates nothing, so that a
// signal handler may call it.
bool IsFaultPlace(std::span<const std::uint8_t> bytes, std::uint64_t code_offset);

}  // namespace tenon::container
