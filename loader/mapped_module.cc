// Maps a container: the whole file read-only in one mapping, then the chosen variant's text pages
// once more over the same addresses, executable. The image stays contiguous, as its PC-relative
// references need.
//
// Invariants: no page is ever writable and executable at once. Nothing is mapped executable before
// the view has checked the file and a variant has been chosen.
#include "loader/mapped_module.h"

#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

#include "format/abi.h"
#include "format/ranges.h"
#include "loader/choose_variant.h"
#include "loader/os_memory.h"
#include "loader/type_registry.h"

namespace tenon::loader {

using container::VariantEntry;

struct MappedModule::Parts {
  const MemorySource* memory;
  os::File file;
  std::span<const std::uint8_t> bytes;
  container::View view;
  const VariantEntry* variant = nullptr;
  const std::uint8_t* image = nullptr;
  void* code_copy = nullptr;
  std::uint64_t copy_size = 0;

  explicit Parts(const OpenOptions& options)
      : memory(options.memory != nullptr ? options.memory : &SystemMemorySource()) {}
  Parts(const Parts&) = delete;
  ~Parts() { GiveBack(*memory, file, bytes, code_copy, copy_size); }
  static void GiveBack(const MemorySource& memory, const os::File& file,
                       std::span<const std::uint8_t> bytes, void* code_copy,
                       std::uint64_t copy_size) {
    if (code_copy != nullptr) {
      os::Protect(code_copy, copy_size, os::Access::kReadWrite);
      memory.release_pages(memory.state, code_copy, copy_size);
    }
    if (file.descriptor < 0) return;
    if (!bytes.empty()) {
      os::Unmap(const_cast<std::uint8_t*>(bytes.data()), bytes.size());
      memory.count_mapped_file(memory.state, -static_cast<std::int64_t>(bytes.size()));
    }
    os::CloseFile(file);
  }

  Status Map(const char* path) {
    const int error = os::OpenFile(path, &file);
    if (error != 0) return Error::Format("%s: cannot be opened: %s", path, std::strerror(error));
    if (file.size == 0) return Error::Format("%s: the file is empty", path);
    void* const base = os::MapFile(nullptr, file, 0, file.size, os::Access::kRead);
    if (base == nullptr)
      return Error::Format("%s: cannot be mapped: %s", path, std::strerror(errno));
    bytes = {static_cast<const std::uint8_t*>(base), file.size};
    memory->count_mapped_file(memory->state, static_cast<std::int64_t>(file.size));
    return Status::Ok();
  }

  Status Read(const OpenOptions& options) {
    TENON_ASSIGN_OR_RETURN(view, container::View::Open(bytes));
    TENON_ASSIGN_OR_RETURN(variant, ChooseVariant(view, options.bounds_checks));
    return Status::Ok();
  }

  // The text pages once more, over the same addresses.
  Status MapCode() {
    image = bytes.data() + variant->image_offset;
    if (variant->text_size == 0) return Status::Ok();
    const std::uint64_t text = variant->image_offset + variant->text_offset;
    if (text % os::PageSize() != 0) return CopyCode();  // the system's pages are larger than ours
    if (os::MapFile(const_cast<std::uint8_t*>(bytes.data()) + text, file, text, variant->text_size,
                    os::Access::kReadExecute) == nullptr) {
      return Error::Format("its code cannot be mapped executable: %s", std::strerror(errno));
    }
    return Status::Ok();
  }

  // Where the bytes are part of a program's read-only pages, the code runs where it lies.
  bool UseCodeInPlace() {
    const std::uint8_t* const in_place = bytes.data() + variant->image_offset;
    // Code may address its constants by page (AArch64's adrp).
    const bool aligned =
        reinterpret_cast<std::uintptr_t>(in_place) % container::kSegmentAlignment == 0;
    if (variant->text_size == 0 || !aligned || !os::IsNeverWritten(in_place, variant->image_size))
      return false;
    if (!MakeExecutable(in_place + variant->text_offset)) return false;
    image = in_place;
    return true;
  }

  Status CopyCode() {
    if (variant->image_size == 0) return Status::Ok();
    copy_size = os::PageAlign(variant->image_size);
    code_copy = memory->allocate_pages(memory->state, copy_size);
    if (code_copy == nullptr) {
      return Error::Format("out of memory: %llu bytes for the code",
                           static_cast<unsigned long long>(copy_size));
    }
    std::memcpy(code_copy, bytes.data() + variant->image_offset, variant->image_size);
    auto* const text = static_cast<std::uint8_t*>(code_copy) + variant->text_offset;
    // Some CPUs' instruction caches do not see writes.
    __builtin___clear_cache(reinterpret_cast<char*>(text),
                            reinterpret_cast<char*>(text) + variant->text_size);
    if (!os::Protect(code_copy, copy_size, os::Access::kRead) || !MakeExecutable(text))
      return Error::Format("the code cannot be made executable: %s", std::strerror(errno));
    image = static_cast<const std::uint8_t*>(code_copy);
    return Status::Ok();
  }

  // The pages are read-only. Where the system's pages are larger than a container's, the first may
  // hold constants too.
  bool MakeExecutable(const std::uint8_t* text) const {
    const auto begin = reinterpret_cast<std::uintptr_t>(text);
    const std::uintptr_t page = AlignDown(begin, os::PageSize());
    return variant->text_size == 0 ||
           os::Protect(reinterpret_cast<void*>(page), begin - page + variant->text_size,
                       os::Access::kReadExecute);
  }
};

void MappedModule::operator delete(MappedModule* module, std::destroying_delete_t) {
  const auto types = module->view_.Section<container::TypeEntry>(container::SectionId::kTypes);
  for (std::uint64_t i = 0; i < module->type_count_; i += types[i].group_size) {
    if ((module->type_keys()[i] & abi::kInternedBit) != 0) ReleaseGroup(module->type_keys()[i]);
  }
  Parts::GiveBack(module->memory_, module->file_, module->view_.bytes(), module->code_copy_,
                  module->copy_size_);
  const MemorySource memory = module->memory_;
  module->~MappedModule();
  memory.release(module);
}

Result<std::unique_ptr<MappedModule>> MappedModule::Finish(Parts& parts) {
  const auto types = parts.view.Section<container::TypeEntry>(container::SectionId::kTypes);
  const std::uint64_t size = sizeof(MappedModule) + types.size() * sizeof(std::uint64_t);
  const Error no_memory = Error::Format("out of memory: %llu bytes for a module",
                                        static_cast<unsigned long long>(size));
  void* const block = parts.memory->allocate(parts.memory->state, size, MemorySource::Use::kModule);
  if (block == nullptr) return no_memory;
  std::unique_ptr<MappedModule> module(new (block) MappedModule);
  module->view_ = parts.view;
  module->variant_ = parts.variant;
  module->image_ = parts.image;
  const auto functions = parts.view.Section<container::ReferencedFunctionEntry>(
      container::SectionId::kReferencedFunctions);
  module->functions_ = functions.data();
  module->function_count_ = static_cast<std::uint32_t>(functions.size());
  module->types_ = static_cast<std::uint32_t>(types.size());
  module->code_offsets_ =
      parts.view.Section<std::uint32_t>(container::SectionId::kCodeOffsets).data() +
      parts.variant->code_offsets_first;
  module->memory_ = *parts.memory;
  module->file_ = std::exchange(parts.file, os::File{});
  module->code_copy_ = std::exchange(parts.code_copy, nullptr);
  module->copy_size_ = parts.copy_size;
  auto* const keys = reinterpret_cast<std::uint64_t*>(module.get() + 1);
  for (std::uint32_t i = 0; i < types.size(); i += types[i].group_size) {
    keys[i] = types[i].key;
    if ((keys[i] & abi::kInternedBit) != 0 && !InternGroup(parts.view, i, keys, *parts.memory))
      return no_memory;
    module->type_count_ += types[i].group_size;
  }
  return module;
}

Result<std::unique_ptr<MappedModule>> MappedModule::OpenFile(const char* path,
                                                             const OpenOptions& options) {
  Parts parts(options);
  TENON_TRY(parts.Map(path));
  const auto named = [path](const Status& status) {
    return Error::Format("%s: %s", path, status.error().text());
  };
  if (const Status status = parts.Read(options); !status.ok()) return named(status);
  if (const Status status = parts.MapCode(); !status.ok()) return named(status);
  return Finish(parts);
}

Result<std::unique_ptr<MappedModule>> MappedModule::OpenBuffer(std::span<const std::uint8_t> bytes,
                                                               const OpenOptions& options) {
  Parts parts(options);
  parts.bytes = bytes;
  TENON_TRY(parts.Read(options));
  if (!parts.UseCodeInPlace()) TENON_TRY(parts.CopyCode());
  return Finish(parts);
}

Status MappedModule::CheckBeforeUse() const {
  if (is_checked_.load(std::memory_order_relaxed)) return Status::Ok();
  TENON_TRY(view_.CheckBeforeUse(*variant_));
  is_checked_.store(true, std::memory_order_relaxed);
  return Status::Ok();
}

}  // namespace tenon::loader
