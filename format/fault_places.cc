// See fault_places.h.
#include "format/fault_places.h"

#include "format/leb128.h"

namespace tenon::container {

void AppendFaultPlaces(std::span<const std::uint64_t> places, std::vector<std::uint8_t>& bytes) {
  AppendNumber(places.size(), bytes);
  std::uint64_t last = 0;
  for (const std::uint64_t place : places) {
    AppendNumber(place - last, bytes);
    last = place;
  }
}

bool IsFaultPlace(std::span<const std::uint8_t> bytes, std::uint64_t code_offset) {
  Numbers numbers(bytes);
  std::uint64_t count = 0;
  std::uint64_t place = 0;
  if (!numbers.Next(&count)) return false;
  for (std::uint64_t distance = 0; count > 0 && numbers.Next(&distance); --count) {
    if (distance > code_offset - place) return false;
    place += distance;
    if (place == code_offset) return true;
  }
  return false;
}

}  // namespace tenon::container
