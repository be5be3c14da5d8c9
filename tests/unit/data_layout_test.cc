// Which data segments become images, in which pieces, and how those that are left are numbered.
#include "compiler/plan/data_layout.h"

#include <doctest/doctest.h>

#include "format/container.h"

namespace tenon::compiler {
namespace {

using container::kNone;
constexpr std::uint8_t kBytes[16] = {1, 2, 3, 4};

wasm::DataSegment Active(std::uint64_t address, std::size_t size) {
  wasm::DataSegment segment;
  segment.mode = wasm::SegmentMode::kActive;
  segment.offset = {{wasm::ConstantOperation::Kind::kI32Const, address}};
  segment.bytes = std::span(kBytes).first(size);
  return segment;
}

wasm::DataSegment Passive(std::size_t size) {
  wasm::DataSegment segment;
  segment.bytes = std::span(kBytes).first(size);
  return segment;
}

wasm::DataSegment Named(wasm::DataSegment segment) {
  segment.named_by_code = true;
  return segment;
}

wasm::Module ModuleWith(std::vector<wasm::DataSegment> segments, std::uint64_t pages) {
  wasm::Module module;
  wasm::Memory memory;
  memory.limits.minimum = pages;
  module.memories.push_back(memory);
  module.data_segments = std::move(segments);
  return module;
}

TEST_CASE("segments near each other are one piece, far ones another") {
  const DataLayout layout = ComputeDataLayout(
      ModuleWith({Active(0x50'0010, 16), Active(0x1FFF, 2), Active(0x9000, 1)}, 100));
  REQUIRE(layout.pieces[0].size() == 2);
  CHECK(layout.pieces[0][0].address == 0x1000);
  CHECK(layout.pieces[0][0].size == 0x9000);
  CHECK(layout.pieces[0][1].address == 0x50'0000);
  CHECK(layout.pieces[0][1].size == 0x1000);
  CHECK(layout.kept_segments.empty());
}

TEST_CASE("without a known place inside the memory for all, none is in an image") {
  auto outside = ModuleWith({Active(0, 4), Active(0xFFFF, 2)}, 1);
  CHECK(ComputeDataLayout(outside).pieces[0].empty());
  CHECK(ComputeDataLayout(outside).kept_segments == std::vector<std::uint32_t>{0, 1});
  auto computed = ModuleWith({Active(0, 4)}, 1);
  computed.data_segments[0].offset = {{wasm::ConstantOperation::Kind::kGlobalGet, 0}};
  CHECK(ComputeDataLayout(computed).kept_segments == std::vector<std::uint32_t>{0});
  auto imported = ModuleWith({Active(0, 4)}, 1);
  imported.imported_memories = 1;
  CHECK(ComputeDataLayout(imported).kept_segments == std::vector<std::uint32_t>{0});
}

TEST_CASE("a memory of very many far pieces has no image") {
  std::vector<wasm::DataSegment> segments;
  for (std::uint64_t i = 0; i < 65; ++i) segments.push_back(Active(i * 0x2'0000, 1));
  CHECK(ComputeDataLayout(ModuleWith(segments, 200)).kept_segments.size() == 65);
  segments.pop_back();
  CHECK(ComputeDataLayout(ModuleWith(segments, 200)).pieces[0].size() == 64);
}

TEST_CASE("what code names keeps a number, and all without bytes share one") {
  const DataLayout layout =
      ComputeDataLayout(ModuleWith({Passive(4), Named(Active(0, 4)), Active(8, 4),
                                    Named(Passive(4)), Named(Passive(0)), Passive(0)},
                                   1));
  CHECK(layout.segment_index == std::vector<std::uint32_t>{kNone, 0, kNone, 1, 0, kNone});
  CHECK(layout.kept_segments == std::vector<std::uint32_t>{kNone, 3});
}

}  // namespace
}  // namespace tenon::compiler
