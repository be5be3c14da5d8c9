// A name out of a module, fit for an error message.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "format/visible_text.h"

namespace tenon::wasm {

// `name` with what a terminal would act on replaced, and cut (not within a character)
// where it is long: whoever wrote the module chose it, and it must neither
// break the sentence's line nor push its end out of the message. Allocates; for
// the way out only.
inline std::string ReadableName(std::string_view name) {
  constexpr std::size_t kMaximumBytes = 64;
  std::size_t length = name.size();
  if (length > kMaximumBytes) {
    length = kMaximumBytes;
    while (length > 0 && (static_cast<unsigned char>(name[length]) & 0xC0) == 0x80) --length;
  }
  std::string readable(name.substr(0, length));
  MakeVisible(readable.data(), readable.size());
  if (length < name.size()) readable += "...";
  return readable;
}

}  // namespace tenon::wasm
