// See unwind_rows.h.
#include "format/unwind_rows.h"

#include "format/leb128.h"

namespace tenon::container {
namespace {

constexpr std::uint64_t kSavedFollows = 1;
constexpr std::uint64_t kFromFramePointer = 2;
constexpr unsigned kFlagBits = 2;

}  // namespace

void AppendUnwindRows(std::span<const UnwindRow> rows, std::vector<std::uint8_t>& bytes) {
  AppendNumber(rows.size(), bytes);
  UnwindRow last;
  for (const UnwindRow& row : rows) {
    const bool saved_follows = row.saved_words != last.saved_words;
    AppendNumber(row.code_offset - last.code_offset, bytes);
    AppendNumber((row.frame_words << kFlagBits) | (row.from_frame_pointer ? kFromFramePointer : 0) |
                     (saved_follows ? kSavedFollows : 0),
                 bytes);
    if (saved_follows) AppendNumber(row.saved_words, bytes);
    last = row;
  }
}

std::optional<UnwindRow> FindUnwindRow(std::span<const std::uint8_t> bytes,
                                       std::uint64_t code_offset) {
  Numbers numbers(bytes);
  std::uint64_t left = 0;
  if (!numbers.Next(&left)) return std::nullopt;
  std::optional<UnwindRow> found;
  UnwindRow row;
  for (; left != 0; --left) {
    std::uint64_t advance = 0, frame = 0;
    if (!numbers.Next(&advance) || !numbers.Next(&frame)) return std::nullopt;
    row.code_offset += advance;
    row.frame_words = frame >> kFlagBits;
    row.from_frame_pointer = (frame & kFromFramePointer) != 0;
    if ((frame & kSavedFollows) != 0 && !numbers.Next(&row.saved_words)) return std::nullopt;
    if (row.code_offset > code_offset) break;
    found = row;
  }
  return found;
}

}  // namespace tenon::container
