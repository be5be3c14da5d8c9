// Maps a container: the whole file read-only in one mapping, then the chosen variant's text pages
// once more over the same addresses, executable. The image stays contiguous, as its PC-relative
// references need.
//
// Invariants: no page is ever writable and executable at once. Nothing is mapped executable before
// the view has checked the file and a variant has been chosen. With OpenOptions::copy the file is
// read instead, into pages of the module's own, which become read-only and executable in place.
#include "loader/mapped_module.h"

#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

#include "format/abi.h"
#include "format/locking.h"
#include "format/ranges.h"
#include "loader/choose_variant.h"
#include "loader/os_memory.h"
#include "loader/type_registry.h"

namespace tenon::loader {

using container::VariantEntry;

namespace {

Error NoMemory(std::uint64_t size, const char* purpose) {
  return Error::Format("out of memory: %llu bytes for %s", static_cast<unsigned long long>(size),
                       purpose);
}

}  // namespace

struct MappedModule::Parts {
  const MemorySource* memory;
  Holdings held;
  std::span<const std::uint8_t> bytes;
  bool are_own_pages = false;  // the bytes: a copy of the file, which may be made executable
  container::View view;
  const VariantEntry* variant = nullptr;
  const std::uint8_t* image = nullptr;

  explicit Parts(const MemorySource& source) : memory(&source) {}
  explicit Parts(const OpenOptions& options)
      : Parts(options.memory != nullptr ? *options.memory : SystemMemorySource()) {}
  Parts(const Parts&) = delete;
  ~Parts() { GiveBack(*memory, held); }
  static void GiveBack(const MemorySource& memory, const Holdings& held) {
    for (const Pages& pages : {held.code_copy, held.file_copy}) {
      if (pages.base == nullptr) continue;
      os::Protect(pages.base, pages.size, os::Access::kReadWrite);
      memory.release_pages(memory.state, pages.base, pages.size);
    }
    if (!held.mapping.empty()) {
      os::Unmap(const_cast<std::uint8_t*>(held.mapping.data()), held.mapping.size());
      memory.count_mapped_file(memory.state, -static_cast<std::int64_t>(held.mapping.size()));
    }
    if (held.owns_file) os::CloseFile(held.file);
  }

  Status Open(const char* path, bool copy) {
    const int error = os::OpenFile(path, &held.file);
    if (error != 0) return Error::Format("cannot be opened: %s", std::strerror(error));
    held.owns_file = true;
    if (held.file.size == 0) return Error::Format("the file is empty");
    return copy ? CopyFile() : MapFile();
  }

  Status MapFile() {
    void* const base = os::MapFile(nullptr, held.file, 0, held.file.size, os::Access::kRead);
    if (base == nullptr) return Error::Format("cannot be mapped: %s", std::strerror(errno));
    bytes = held.mapping = {static_cast<const std::uint8_t*>(base), held.file.size};
    memory->count_mapped_file(memory->state, static_cast<std::int64_t>(held.file.size));
    return Status::Ok();
  }

  // Afterwards nobody needs the file, and what is written to it does not matter.
  Status CopyFile() {
    TENON_TRY(TakePages(held.file.size, "a copy of the file", &held.file_copy));
    const int error = os::ReadFile(held.file, held.file_copy.base);
    if (error != 0) return Error::Format("cannot be read: %s", std::strerror(error));
    bytes = {static_cast<const std::uint8_t*>(held.file_copy.base), held.file.size};
    are_own_pages = true;
    os::CloseFile(held.file);
    held.file = {};
    held.owns_file = false;
    if (!os::Protect(held.file_copy.base, held.file_copy.size, os::Access::kRead))
      return Error::Format("its copy cannot be protected: %s", std::strerror(errno));
    return Status::Ok();
  }

  Status TakePages(std::uint64_t size, const char* purpose, Pages* pages) const {
    const std::uint64_t whole = os::PageAlign(size);
    void* const base = memory->allocate_pages(memory->state, whole);
    if (base == nullptr) return NoMemory(whole, purpose);
    *pages = {base, whole};
    return Status::Ok();
  }

  Status Read(std::optional<container::BoundsChecks> bounds_checks) {
    TENON_ASSIGN_OR_RETURN(view, container::View::Open(bytes));
    TENON_ASSIGN_OR_RETURN(variant, ChooseVariant(view, bounds_checks));
    return Status::Ok();
  }

  Status PlaceCode() {
    if (held.file.descriptor >= 0) return MapCode();
    if (UseCodeInPlace()) return Status::Ok();
    return CopyCode();
  }

  // The text pages once more, over the same addresses.
  Status MapCode() {
    image = bytes.data() + variant->image_offset;
    if (variant->text_size == 0) return Status::Ok();
    const std::uint64_t text = variant->image_offset + variant->text_offset;
    if (text % os::PageSize() != 0) return CopyCode();  // the system's pages are larger than ours
    if (os::MapFile(const_cast<std::uint8_t*>(bytes.data()) + text, held.file, text,
                    variant->text_size, os::Access::kReadExecute) == nullptr) {
      return Error::Format("its code cannot be mapped executable: %s", std::strerror(errno));
    }
    return Status::Ok();
  }

  // Where the bytes are part of a program's read-only pages, or of our own, the code runs where it
  // lies.
  bool UseCodeInPlace() {
    const std::uint8_t* const in_place = bytes.data() + variant->image_offset;
    // Code may address its constants by page (AArch64's adrp).
    const bool aligned =
        reinterpret_cast<std::uintptr_t>(in_place) % container::kSegmentAlignment == 0;
    if (variant->text_size == 0 || !aligned ||
        (!are_own_pages && !os::IsNeverWritten(in_place, variant->image_size))) {
      return false;
    }
    if (are_own_pages) ClearCache(in_place + variant->text_offset);
    if (!MakeExecutable(in_place + variant->text_offset)) return false;
    image = in_place;
    return true;
  }

  Status CopyCode() {
    if (variant->image_size == 0) return Status::Ok();
    TENON_TRY(TakePages(variant->image_size, "the code", &held.code_copy));
    void* const copy = held.code_copy.base;
    std::memcpy(copy, bytes.data() + variant->image_offset, variant->image_size);
    const auto* const text = static_cast<const std::uint8_t*>(copy) + variant->text_offset;
    ClearCache(text);
    if (!os::Protect(copy, held.code_copy.size, os::Access::kRead) || !MakeExecutable(text))
      return Error::Format("the code cannot be made executable: %s", std::strerror(errno));
    image = static_cast<const std::uint8_t*>(copy);
    return Status::Ok();
  }

  // Some CPUs' instruction caches do not see writes.
  void ClearCache(const std::uint8_t* text) const {
    auto* const begin = const_cast<char*>(reinterpret_cast<const char*>(text));
    __builtin___clear_cache(begin, begin + variant->text_size);
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
  delete module->without_guard_.load();
  Parts::GiveBack(module->memory_, module->held_);
  const MemorySource memory = module->memory_;
  module->~MappedModule();
  memory.release(module);
}

Result<std::unique_ptr<MappedModule>> MappedModule::Finish(Parts& parts) {
  const auto types = parts.view.Section<container::TypeEntry>(container::SectionId::kTypes);
  const std::uint64_t size = sizeof(MappedModule) + types.size() * sizeof(std::uint64_t);
  const Error no_memory = NoMemory(size, "a module");
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
  module->held_ = std::exchange(parts.held, Holdings{});
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
  Status status = parts.Open(path, options.copy);
  if (status.ok()) status = parts.Read(options.bounds_checks);
  if (status.ok()) status = parts.PlaceCode();
  if (!status.ok()) return Error::Format("%s: %s", path, status.error().text());
  return Finish(parts);
}

Result<std::unique_ptr<MappedModule>> MappedModule::OpenBuffer(std::span<const std::uint8_t> bytes,
                                                               const OpenOptions& options) {
  Parts parts(options);
  parts.bytes = bytes;
  TENON_TRY(parts.Read(options.bounds_checks));
  TENON_TRY(parts.PlaceCode());
  return Finish(parts);
}

Result<MappedModule*> MappedModule::WithoutGuard() {
  if (variant_->bounds_checks == container::BoundsChecks::kExplicit) return this;
  static constinit Mutex mutex;  // for all modules: this is rare
  const MutexLock lock(mutex);
  if (MappedModule* const made = without_guard_.load()) return made;
  Parts parts(memory_);
  parts.bytes = view_.bytes();
  parts.held.file = held_.file;  // lent
  parts.are_own_pages = held_.file_copy.base != nullptr;
  TENON_TRY(parts.Read(container::BoundsChecks::kExplicit));
  TENON_TRY(parts.PlaceCode());
  TENON_ASSIGN_OR_RETURN(std::unique_ptr<MappedModule> made, Finish(parts));
  without_guard_.store(made.get());
  return made.release();
}

Status MappedModule::CheckBeforeUse() const {
  if (is_checked_.load(std::memory_order_relaxed)) return Status::Ok();
  TENON_TRY(view_.CheckBeforeUse(*variant_));
  is_checked_.store(true, std::memory_order_relaxed);
  return Status::Ok();
}

}  // namespace tenon::loader
