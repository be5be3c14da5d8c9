// Which data segments become part of the memories' initial images, and what numbers the others have
// in the container.
//
// A program can have tens of thousands of active segments (wasm-opt cuts data where there are
// zeros). One whose bytes are in an image is done with once the image is mapped: the container says
// nothing about it, unless code names it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/wasm/module.h"

namespace tenon::compiler {

// Whole pages of a memory.
struct ImagePiece {
  std::uint64_t address;
  std::uint64_t size;
};

struct DataLayout {
  std::vector<std::vector<ImagePiece>> pieces;  // by memory; ascending, apart from each other
  // The container's segments as numbers of the module's, in the same order; container::kNone: one
  // without bytes, for all that code finds so.
  std::vector<std::uint32_t> kept_segments;
  // The reverse; container::kNone: nothing needs the segment once the images are mapped.
  std::vector<std::uint32_t> segment_index;
};

DataLayout ComputeDataLayout(const wasm::Module& module);
// The address of an active segment, if it is known now.
std::optional<std::uint64_t> KnownAddress(const wasm::DataSegment& segment);

}  // namespace tenon::compiler
