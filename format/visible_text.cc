// See visible_text.h.
#include "format/visible_text.h"

namespace tenon {
namespace {

unsigned ByteAt(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

// Whether the sequence of `length` bytes is a control character of Unicode's: C0, DEL, C1, line and
// paragraph separators, and those of the bidirectional algorithm.
bool IsControl(std::string_view text, std::size_t length) {
  const unsigned first = ByteAt(text, 0);
  if (length == 1) return first < 0x20 || first == 0x7F;
  const unsigned second = ByteAt(text, 1);
  if (length == 2) return (first == 0xC2 && second < 0xA0) || (first == 0xD8 && second == 0x9C);
  if (length != 3 || first != 0xE2) return false;
  const unsigned third = ByteAt(text, 2);
  if (second == 0x80) return third == 0x8E || third == 0x8F || (third >= 0xA8 && third <= 0xAE);
  return second == 0x81 && third >= 0xA6 && third <= 0xA9;
}

}  // namespace

std::size_t Utf8Length(std::string_view text) {
  const unsigned first = ByteAt(text, 0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 && first < 0xF5   ? 4
                             : first >= 0xE0 && first < 0xF0 ? 3
                             : first >= 0xC2 && first < 0xE0 ? 2
                                                             : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((ByteAt(text, i) & 0xC0) != 0x80) return 0;
  }
  const unsigned second = ByteAt(text, 1);
  const bool invalid = (first == 0xE0 && second < 0xA0) || (first == 0xED && second >= 0xA0) ||
                       (first == 0xF0 && second < 0x90) || (first == 0xF4 && second >= 0x90);
  return invalid ? 0 : length;
}

std::size_t VisibleLength(std::string_view text) {
  const std::size_t length = Utf8Length(text);
  return length != 0 && IsControl(text, length) ? 0 : length;
}

void MakeVisible(char* text, std::size_t size) {
  for (std::size_t i = 0; i < size;) {
    const std::size_t length = VisibleLength({text + i, size - i});
    if (length == 0) text[i] = '?';
    i += length == 0 ? 1 : length;
  }
}

}  // namespace tenon
