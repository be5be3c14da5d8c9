// A memory has an image only if every active segment for it has a known place inside the minimum
// size: then the order of segments and the trap of one outside are not observable.
#include "compiler/plan/data_layout.h"

#include <algorithm>

#include "format/container.h"

namespace tenon::compiler {

namespace {

// Zeros between segments are stored rather than mapped around while there are fewer of them, as
// each piece costs a system call at instantiation.
constexpr std::uint64_t kLargestGap = 64 * 1024;
// A memory that is sparser has no image; its segments are copied.
constexpr std::size_t kMostPieces = 64;
// Nor has one whose image would be mostly zeros between segments: a file is not to be larger than
// the module by more than this. (One segment in a page is the least that is usual.)
constexpr std::uint64_t kMostImagePerByte = 64;
constexpr std::uint64_t kSmallImage = 4 << 20;

// Segments of the memory, merged into pieces; empty if there can be no image.
std::vector<ImagePiece> CutIntoPieces(const wasm::Module& module, std::uint32_t memory_index) {
  const wasm::Limits& limits = module.memories[memory_index].limits;
  // A memory whose size is no multiple of the system's pages cannot take whole ones.
  if (limits.page_size_log2 != 16 || limits.minimum > UINT32_MAX) return {};
  const std::uint64_t size = limits.minimum << limits.page_size_log2;
  std::vector<ImagePiece> ranges;
  std::uint64_t bytes = 0;
  for (const wasm::DataSegment& segment : module.data_segments) {
    if (segment.mode != wasm::SegmentMode::kActive || segment.memory_index != memory_index)
      continue;
    const std::optional<std::uint64_t> address = KnownAddress(segment);
    if (!address || *address > size || segment.bytes.size() > size - *address) return {};
    if (!segment.bytes.empty()) ranges.push_back({*address, segment.bytes.size()});
    bytes += segment.bytes.size();
  }
  std::sort(ranges.begin(), ranges.end(),
            [](const ImagePiece& a, const ImagePiece& b) { return a.address < b.address; });
  constexpr std::uint64_t kInPage = container::kSegmentAlignment - 1;
  std::vector<ImagePiece> pieces;
  for (const ImagePiece& range : ranges) {
    const std::uint64_t begin = range.address & ~kInPage;
    const std::uint64_t end = (range.address + range.size + kInPage) & ~kInPage;
    if (pieces.empty() || begin > pieces.back().address + pieces.back().size + kLargestGap) {
      if (pieces.size() == kMostPieces) return {};
      pieces.push_back({begin, end - begin});
    } else {
      ImagePiece& last = pieces.back();
      last.size = std::max(last.size, end - last.address);
    }
  }
  std::uint64_t image = 0;
  for (const ImagePiece& piece : pieces) image += piece.size;
  if (image > std::max(kSmallImage, bytes * kMostImagePerByte)) return {};
  return pieces;
}

}  // namespace

std::optional<std::uint64_t> KnownAddress(const wasm::DataSegment& segment) {
  if (segment.offset.size() != 1) return std::nullopt;
  switch (segment.offset[0].kind) {
    case wasm::ConstantOperation::Kind::kI32Const: return segment.offset[0].value & 0xFFFFFFFF;
    case wasm::ConstantOperation::Kind::kI64Const: return segment.offset[0].value;
    default: return std::nullopt;
  }
}

DataLayout ComputeDataLayout(const wasm::Module& module) {
  DataLayout layout;
  layout.pieces.resize(module.memories.size());
  for (std::uint32_t i = module.imported_memories; i < module.memories.size(); ++i)
    layout.pieces[i] = CutIntoPieces(module, i);
  // One that code finds without bytes: it is in an image, and so dropped once it was active
  // (section 4.5.4), or never had any.
  const auto is_empty = [&](const wasm::DataSegment& segment) {
    return segment.mode == wasm::SegmentMode::kActive ? !layout.pieces[segment.memory_index].empty()
                                                      : segment.bytes.empty();
  };
  const auto keep = [&](std::uint32_t segment) {
    layout.kept_segments.push_back(segment);
    return static_cast<std::uint32_t>(layout.kept_segments.size() - 1);
  };
  std::uint32_t empty = container::kNone;
  for (std::uint32_t i = 0; i < module.data_segments.size(); ++i) {
    const wasm::DataSegment& segment = module.data_segments[i];
    const bool is_active = segment.mode == wasm::SegmentMode::kActive;
    std::uint32_t index = container::kNone;
    if (!is_empty(segment)) {
      if (is_active || segment.named_by_code) index = keep(i);
    } else if (segment.named_by_code) {
      if (empty == container::kNone) empty = keep(container::kNone);
      index = empty;
    }
    layout.segment_index.push_back(index);
  }
  return layout;
}

}  // namespace tenon::compiler
