// Text that files and programs have chosen, made fit for a terminal: it must not move the cursor,
// change colours or titles, or show what follows in another order.
#pragma once

#include <cstddef>
#include <string_view>

namespace tenon {

// The length of the UTF-8 sequence that `text` (not empty) begins with; 0: it begins with none.
std::size_t Utf8Length(std::string_view text);
// The same, but also 0 for what a terminal may act on: control characters, and characters that
// direct the order in which text is shown.
std::size_t VisibleLength(std::string_view text);
// Puts '?' in place of each byte that VisibleLength does not accept.
void MakeVisible(char* text, std::size_t size);

}  // namespace tenon
