// Unwind rows: what is appended is found again, and bytes that are no rows give none.
#include "format/code_tables/unwind_rows.h"

#include <doctest/doctest.h>

namespace tenon::container {
namespace {

// A prologue of two pushes and a large frame, measured from the frame pointer at last.
const std::vector<UnwindRow> kRows = {
    {0, false, 1, 0}, {1, false, 2, 2}, {3, false, 3, 2}, {300, true, 70000, 2}};

TEST_CASE("the row that holds at an offset is found") {
  std::vector<std::uint8_t> bytes;
  AppendUnwindRows(kRows, bytes);
  bytes.push_back(0xFF);  // another function's
  CHECK(FindUnwindRow(bytes, 0) == kRows[0]);
  CHECK(FindUnwindRow(bytes, 1) == kRows[1]);
  CHECK(FindUnwindRow(bytes, 2) == kRows[1]);
  CHECK(FindUnwindRow(bytes, 299) == kRows[2]);
  CHECK(FindUnwindRow(bytes, 1 << 20) == kRows[3]);
}

TEST_CASE("rows are these bytes") {
  std::vector<std::uint8_t> bytes;
  AppendUnwindRows(kRows, bytes);
  CHECK(bytes == std::vector<std::uint8_t>{4, 0, 4, 1, 9, 2, 2, 12, 0xA9, 2, 0xC2, 0x8B, 0x11});
}

TEST_CASE("bytes that end too early, or with numbers that are too long, give no row") {
  std::vector<std::uint8_t> bytes;
  AppendUnwindRows(kRows, bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK(!FindUnwindRow(std::span(bytes).first(size), 1 << 20).has_value());
  CHECK(!FindUnwindRow(std::vector<std::uint8_t>(20, 0xFF), 0).has_value());
  CHECK(!FindUnwindRow(std::vector<std::uint8_t>{0}, 0).has_value());
}

}  // namespace
}  // namespace tenon::container
