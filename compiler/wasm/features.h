// Which features of WebAssembly a module uses, and where it does first.
#pragma once

#include <array>
#include <cstdint>

#include "format/container.h"
#include "format/result.h"

namespace tenon::wasm {

struct Module;
enum class Opcode : std::uint16_t;
using container::WasmFeature;

class FeatureUse {
 public:
  bool Uses(WasmFeature feature) const { return (used_ & Bit(feature)) != 0; }
  std::uint64_t bits() const { return used_; }
  // `what`: lives forever; `offset`: in the file. Only the first use counts.
  void Note(WasmFeature feature, const char* what, std::uint32_t offset) {
    if (Uses(feature)) return;
    used_ |= Bit(feature);
    first_[static_cast<std::size_t>(feature)] = {what, offset};
  }
  void Add(const FeatureUse& other);
  // An error that names the first use of a feature of the set.
  Status Refuse(std::uint64_t disabled) const;
  static constexpr std::uint64_t Bit(WasmFeature feature) {
    return std::uint64_t{1} << static_cast<unsigned>(feature);
  }

 private:
  struct First {
    const char* what = nullptr;
    std::uint32_t offset = 0;
  };
  std::uint64_t used_ = 0;
  std::array<First, static_cast<std::size_t>(WasmFeature::kCount)> first_{};
};

// What the instruction belongs to; kCount: to the first version.
WasmFeature FeatureOf(Opcode opcode);
// Uses outside of function bodies.
void NoteFeatures(const Module& module, FeatureUse& use);

}  // namespace tenon::wasm
