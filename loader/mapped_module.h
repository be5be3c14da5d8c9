// A container mapped into this process: text pages straight from the file, R-X,
// everything else read-only. Nothing is parsed, copied or relocated.
//
// One block of memory from the options' MemorySource holds the MappedModule and, after it, its type
// keys. Thread safe after opening. The destructor unmaps it; no instance may run its code then.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string_view>

#include "format/container.h"
#include "format/result.h"
#include "format/view.h"
#include "loader/memory_source.h"
#include "loader/os_memory.h"

namespace tenon::loader {

struct OpenOptions {
  // Which bounds-check mode to take; without one, guard if the file has it.
  std::optional<container::BoundsChecks> bounds_checks;
  // Must outlive the module. Null: SystemMemorySource.
  const MemorySource* memory = nullptr;
};

// A run of code offsets into an image.
struct CodeAddresses {
  const std::uint8_t* image;
  const std::uint32_t* offsets;
  const void* operator[](std::size_t index) const {
    return offsets[index] == container::kNone ? nullptr : image + offsets[index];
  }
};

class MappedModule {
 public:
  // Maps `path`.
  static Result<std::unique_ptr<MappedModule>> OpenFile(const char* path,
                                                        const OpenOptions& options);
  // `bytes` must outlive the module and are used in place. So is the code if it lies in whole pages
  // of a program or library that are never written (a page-aligned constant). Otherwise the code is
  // copied to pages of its own, which are made executable after they have been written.
  static Result<std::unique_ptr<MappedModule>> OpenBuffer(std::span<const std::uint8_t> bytes,
                                                          const OpenOptions& options);
  MappedModule(const MappedModule&) = delete;
  // Gives the block back to the MemorySource, so that `delete` and unique_ptr work.
  static void operator delete(MappedModule* module, std::destroying_delete_t);

  const container::View& view() const { return view_; }
  const container::VariantEntry& variant() const { return *variant_; }
  // The variant's image (rodata, text) as mapped.
  const std::uint8_t* image() const { return image_; }
  // The view's check for this variant, made once. What follows, and all that instances and exports
  // need, may be used after it has passed. Thread safe.
  Status CheckBeforeUse() const;
  // Code addresses of the referenced functions (as others call them, and themselves), host thunks
  // or entry trampolines of the types; null if there is none.
  CodeAddresses FunctionCode() const { return {image_, code_offsets_}; }
  CodeAddresses DirectCode() const {
    return {image_, code_offsets_ + function_count_ + std::size_t{2} * types_};
  }
  CodeAddresses HostThunks() const { return {image_, code_offsets_ + function_count_}; }
  CodeAddresses EntryTrampolines() const {
    return {image_, code_offsets_ + function_count_ + types_};
  }
  // The trampoline of a referenced function's type.
  const void* EntryOf(std::uint32_t referenced_function) const {
    return EntryTrampolines()[functions_[referenced_function].type_index];
  }
  // The mapped file, for copy-on-write mapping of the memory image. Its descriptor is -1 for
  // buffers.
  const os::File& file() const { return file_; }
  // Type keys of all types, interned ones resolved through the process-wide registry.
  const std::uint64_t* type_keys() const {
    return reinterpret_cast<const std::uint64_t*>(this + 1);
  }

 private:
  // What is mapped or copied for a module before the module exists. Gives back what Finish has not
  // taken over.
  struct Parts;
  MappedModule() = default;
  ~MappedModule() = default;
  static Result<std::unique_ptr<MappedModule>> Finish(Parts& parts);

  container::View view_;
  const container::VariantEntry* variant_ = nullptr;
  const std::uint8_t* image_ = nullptr;
  const container::ReferencedFunctionEntry* functions_ = nullptr;
  const std::uint32_t* code_offsets_ = nullptr;  // the variant's
  std::uint32_t function_count_ = 0;             // referenced ones
  std::uint32_t types_ = 0;
  mutable std::atomic<bool> is_checked_ = false;
  MemorySource memory_{};
  os::File file_;              // its bytes are the view's
  void* code_copy_ = nullptr;  // buffers: pages from memory_
  std::uint64_t copy_size_ = 0;
  std::uint64_t type_count_ = 0;  // of type_keys() that are filled in
};

}  // namespace tenon::loader
