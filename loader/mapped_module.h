// A container mapped into this process: text pages straight from the file, R-X,
// everything else read-only. Nothing is parsed, copied or relocated.
//
// Thread safe after opening; unmapped by the destructor, after which no instance may
// run its code.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "format/container.h"
#include "format/result.h"
#include "format/view.h"

namespace tenon::loader {

struct OpenOptions {
  // Which bounds-check mode to take; without one, guard if the file has it.
  std::optional<container::BoundsChecks> bounds_checks;
};

class MappedModule {
 public:
  // Maps `path` (Boost.Interprocess).
  static Result<std::unique_ptr<MappedModule>> OpenFile(const char* path,
                                                        const OpenOptions& options);
  // `bytes` must outlive the module; code is copied to executable pages (written before they become
  // executable, never both), everything else is used in place.
  static Result<std::unique_ptr<MappedModule>> OpenBuffer(std::span<const std::uint8_t> bytes,
                                                          const OpenOptions& options);
  ~MappedModule();
  MappedModule(const MappedModule&) = delete;

  const container::View& view() const { return view_; }
  const container::VariantEntry& variant() const { return *variant_; }
  // The variant's image (rodata, text) as mapped.
  const std::uint8_t* image() const { return image_; }
  // Code address of the referenced function, host thunk or entry trampoline; null if there is none.
  const void* FunctionCode(std::uint32_t referenced_function) const;
  const void* HostThunk(std::uint32_t type) const;
  const void* EntryTrampoline(std::uint32_t type) const;
  // The file descriptor behind the mapping for copy-on-write mapping of the memory image; -1 for
  // buffers.
  int file_descriptor() const;
  // Type keys of all types, interned ones resolved through the process-wide registry.
  const std::uint64_t* type_keys() const;

 private:
  MappedModule();
  struct Mapping;
  std::unique_ptr<Mapping> mapping_;
  container::View view_;
  const container::VariantEntry* variant_ = nullptr;
  const std::uint8_t* image_ = nullptr;
};

}  // namespace tenon::loader
