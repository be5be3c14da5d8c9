// Unwind rows: how to get from a point in a function to the function's caller, where generated
// code keeps no frame pointer (DWARF 5, section 6.4, reduced to what a backtrace needs).
//
// A function's rows are bytes of the section "unwind rows": their number, then each row, ascending;
// all numbers are unsigned LEB128. A row is the bytes of code since the row before (from the
// function's start in the first), then a number whose bit 0 says that a third follows, whose bit 1
// says that the frame is measured from the frame pointer, and whose other bits are its words; the
// third number is where the caller's frame pointer lies (`saved_words`, until another row says so).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tenon::container {

// Holds from `code_offset` (bytes from the function's start) to the next row.
struct UnwindRow {
  std::uint64_t code_offset = 0;
  bool from_frame_pointer = false;  // else from the stack pointer
  std::uint64_t frame_words = 0;    // from there to the caller's stack pointer, after the return
  // The caller's frame pointer lies this many words below the caller's stack pointer; 0: it is
  // still in its register.
  std::uint64_t saved_words = 0;

  bool operator==(const UnwindRow&) const = default;
};

// Appends the rows of one function, which ascend.
void AppendUnwindRows(std::span<const UnwindRow> rows, std::vector<std::uint8_t>& bytes);

// The row of `bytes` (a function's rows, then anything) that holds at `code_offset`; none if the
// bytes are not as above, which nobody has checked before. No allocation, so a signal handler may.
std::optional<UnwindRow> FindUnwindRow(std::span<const std::uint8_t> bytes,
                                       std::uint64_t code_offset);

}  // namespace tenon::container
