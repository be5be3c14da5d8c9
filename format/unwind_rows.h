// Unwind rows: how to find a function's caller from a point in the function, where generated code
// keeps no frame pointer. They are DWARF's call frame information (DWARF 5, section 6.4), reduced
// to what a backtrace needs.
//
// A function's rows are bytes of the section "unwind rows": how many there are, then each row, in
// ascending order. All numbers are unsigned LEB128. A row is two or three numbers:
//   - the bytes of code since the row before, or since the function's start;
//   - flags and size: bit 0 says that a third number follows, bit 1 that the frame is measured from
//     the frame pointer, the other bits are the frame's size in words;
//   - where the caller's frame pointer is saved (`saved_words`). Without it, the last one holds.
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

// The row of `bytes` (a function's rows, then anything) that holds at `code_offset`. None if the
// bytes are malformed; they need not have been checked before. Allocates nothing, so that a signal
// handler may call it.
std::optional<UnwindRow> FindUnwindRow(std::span<const std::uint8_t> bytes,
                                       std::uint64_t code_offset);

}  // namespace tenon::container
