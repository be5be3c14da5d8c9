// Links objects with LLD, in process, into one position-independent image without relocations.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "format/result.h"
#include "format/unwind_rows.h"

namespace tenon::compiler {

struct LinkedImage {
  std::vector<std::uint8_t> bytes;  // rodata, then text from text_offset (page aligned) on
  std::uint64_t text_offset = 0;
  std::uint64_t text_size = 0;
  std::uint64_t maximum_frame_size = 0;
  std::unordered_map<std::string, std::uint32_t> symbols;  // name → offset into bytes
  // Offsets into bytes of the accesses that stand for checks (covered_checks.h), ascending.
  std::vector<std::uint32_t> fault_places;
  // By the function's offset into bytes; empty where code keeps frame pointers.
  std::map<std::uint32_t, std::vector<container::UnwindRow>> unwind_rows;
};

// The objects are all for one architecture; `support` (an object, or empty) is taken in if
// something calls its functions.
Result<LinkedImage> Link(const std::vector<std::vector<std::uint8_t>>& objects,
                         const std::vector<std::uint8_t>& support);

}  // namespace tenon::compiler
