// Maps a container: the whole file read-only in one go (Boost.Interprocess), then
// the chosen variant's text pages once more over the same addresses, R-X. The
// image stays contiguous, as its PC-relative references need.
//
// Invariants: no page is ever writable and executable; nothing is mapped
// executable before the view has checked the file and a variant was chosen.
#include "loader/mapped_module.h"

#include <sys/mman.h>
#include <unistd.h>

#include <bit>
#include <boost/interprocess/exceptions.hpp>
#include <boost/interprocess/file_mapping.hpp>
#include <boost/interprocess/mapped_region.hpp>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <new>
#include <vector>

#include "format/abi.h"
#include "loader/cpu_features.h"

namespace tenon::loader {
namespace {

using container::VariantEntry;

std::uint64_t PageAlign(std::uint64_t value) {
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return (value + page - 1) & ~(page - 1);
}

// Process-wide numbers of the function types too long for a packed key: equal types have equal keys
// over all modules, so calls through shared tables can compare them.
std::uint64_t InternType(std::span<const ValueType> parameters,
                         std::span<const ValueType> results) {
  static std::mutex mutex;
  static auto* types =
      new std::vector<std::vector<ValueType>>;  // never destroyed: no order at exit to keep
  std::vector<ValueType> flat(parameters.begin(), parameters.end());
  flat.push_back(ValueType{});  // separates parameters from results; no type has code 0
  flat.insert(flat.end(), results.begin(), results.end());
  const std::lock_guard lock(mutex);
  for (std::size_t i = 0; i < types->size(); ++i) {
    if ((*types)[i] == flat) return abi::kInternedBit | i;
  }
  types->push_back(std::move(flat));
  return abi::kInternedBit | (types->size() - 1);
}

unsigned FeatureCount(const VariantEntry& variant) {
  unsigned count = 0;
  for (const std::uint64_t bits : variant.cpu_features)
    count += static_cast<unsigned>(std::popcount(bits));
  return count;
}

bool HostHasFeatures(const VariantEntry& variant) {
  for (int i = 0; i < 4; ++i) {
    if ((variant.cpu_features[i] & ~HostCpuFeatures().bits[i]) != 0) return false;
  }
  return true;
}

// Why no variant can be used: the first of architecture, mode and CPU that none passes.
Error Refusal(std::span<const VariantEntry> variants, std::optional<container::BoundsChecks> mode) {
  const VariantEntry* candidate = nullptr;
  for (const VariantEntry& variant : variants) {
    if (variant.architecture == HostArchitecture()) candidate = &variant;
  }
  if (candidate == nullptr) {
    return Error::Format("the file has code for %s, this host is %s",
                         container::ArchitectureName(variants[0].architecture),
                         container::ArchitectureName(HostArchitecture()));
  }
  const VariantEntry* with_mode = nullptr;
  for (const VariantEntry& variant : variants) {
    if (variant.architecture != HostArchitecture() || (mode && variant.bounds_checks != *mode))
      continue;
    if (with_mode == nullptr || FeatureCount(variant) < FeatureCount(*with_mode))
      with_mode = &variant;
  }
  if (with_mode == nullptr) {
    return Error::Format("the file has code with bounds checks \"%s\", \"%s\" was asked for",
                         container::BoundsChecksName(candidate->bounds_checks),
                         container::BoundsChecksName(*mode));
  }
  char names[200] = "";
  std::size_t used = 0;
  for (unsigned number = 0; number < 256; ++number) {
    const std::uint64_t missing =
        with_mode->cpu_features[number / 64] & ~HostCpuFeatures().bits[number / 64];
    if ((missing >> (number % 64) & 1) == 0 || used >= sizeof names - 1) continue;
    const int written = std::snprintf(names + used, sizeof names - used, "%s%s",
                                      used == 0 ? "" : ", ", CpuFeatureName(number));
    if (written > 0) used += static_cast<std::size_t>(written);
  }
  return Error::Format("the code needs CPU features that this host lacks: %s", names);
}

Result<const VariantEntry*> Choose(std::span<const VariantEntry> variants,
                                   const OpenOptions& options) {
  const VariantEntry* best = nullptr;
  const auto better = [&](const VariantEntry& variant) {
    if (best == nullptr) return true;
    if (variant.bounds_checks != best->bounds_checks)
      return variant.bounds_checks == container::BoundsChecks::kGuard;
    return FeatureCount(variant) > FeatureCount(*best);
  };
  for (const VariantEntry& variant : variants) {
    if (variant.architecture != HostArchitecture() || !HostHasFeatures(variant)) continue;
    if (options.bounds_checks && variant.bounds_checks != *options.bounds_checks) continue;
    if (better(variant)) best = &variant;
  }
  if (best == nullptr) return Refusal(variants, options.bounds_checks);
  return best;
}

}  // namespace

struct MappedModule::Mapping {
  boost::interprocess::file_mapping file;
  boost::interprocess::mapped_region region;
  bool is_file = false;
  void* copied_image = nullptr;  // buffers: the executable copy
  std::uint64_t copied_size = 0;
  std::vector<std::uint64_t> resolved_keys;

  ~Mapping() {
    if (copied_image != nullptr) ::munmap(copied_image, copied_size);
  }
  Status ResolveTypeKeys(const container::View& view) {
    const auto types = view.Section<container::TypeEntry>(container::SectionId::kTypes);
    resolved_keys.reserve(types.size());
    for (const container::TypeEntry& type : types) {
      resolved_keys.push_back((type.key & abi::kInternedBit) == 0
                                  ? type.key
                                  : InternType(view.Parameters(type), view.Results(type)));
    }
    return Status::Ok();
  }
};

MappedModule::MappedModule() : mapping_(std::make_unique<Mapping>()) {}
MappedModule::~MappedModule() = default;

Result<std::unique_ptr<MappedModule>> MappedModule::OpenFile(const char* path,
                                                             const OpenOptions& options) try {
  namespace interprocess = boost::interprocess;
  std::unique_ptr<MappedModule> module(new MappedModule);
  Mapping& mapping = *module->mapping_;
  try {
    interprocess::file_mapping file(path, interprocess::read_only);
    interprocess::mapped_region region(file, interprocess::read_only);
    mapping.file.swap(file);
    mapping.region.swap(region);
  } catch (const interprocess::interprocess_exception& exception) {
    return Error::Format("%s: cannot be mapped: %s", path, exception.what());
  }
  mapping.is_file = true;
  const std::span<const std::uint8_t> bytes(
      static_cast<const std::uint8_t*>(mapping.region.get_address()), mapping.region.get_size());
  auto view = container::View::Open(bytes);
  if (!view.ok()) return Error::Format("%s: %s", path, view.error().text());
  module->view_ = *view;
  const auto variant =
      Choose(module->view_.Section<VariantEntry>(container::SectionId::kVariants), options);
  if (!variant.ok()) return Error::Format("%s: %s", path, variant.error().text());
  module->variant_ = *variant;
  module->image_ = bytes.data() + module->variant_->image_offset;
  if (module->variant_->text_size != 0) {
    const std::uint64_t text = module->variant_->image_offset + module->variant_->text_offset;
    void* const address = const_cast<std::uint8_t*>(bytes.data()) + text;
    if (::mmap(address, module->variant_->text_size, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED,
               module->file_descriptor(), static_cast<off_t>(text)) == MAP_FAILED) {
      return Error::Format("%s: its code cannot be mapped executable: %s", path,
                           std::strerror(errno));
    }
  }
  TENON_TRY(mapping.ResolveTypeKeys(module->view_));
  return module;
} catch (const std::bad_alloc&) {
  return Error::Format("out of memory while loading");
}

Result<std::unique_ptr<MappedModule>> MappedModule::OpenBuffer(std::span<const std::uint8_t> bytes,
                                                               const OpenOptions& options) try {
  std::unique_ptr<MappedModule> module(new MappedModule);
  TENON_ASSIGN_OR_RETURN(module->view_, container::View::Open(bytes));
  TENON_ASSIGN_OR_RETURN(
      module->variant_,
      Choose(module->view_.Section<VariantEntry>(container::SectionId::kVariants), options));
  const VariantEntry& variant = *module->variant_;
  Mapping& mapping = *module->mapping_;
  if (variant.image_size != 0) {
    const std::uint64_t size = PageAlign(variant.image_size);
    void* const image =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (image == MAP_FAILED)
      return Error::Format("out of memory: %llu bytes for the code",
                           static_cast<unsigned long long>(size));
    mapping.copied_image = image;
    mapping.copied_size = size;
    std::memcpy(image, bytes.data() + variant.image_offset, variant.image_size);
    auto* const text = static_cast<std::uint8_t*>(image) + variant.text_offset;
    // Instruction caches that do not see writes have to be told.
    __builtin___clear_cache(reinterpret_cast<char*>(text),
                            reinterpret_cast<char*>(text) + variant.text_size);
    if (::mprotect(image, size, PROT_READ) != 0 ||
        (variant.text_size != 0 &&
         ::mprotect(text, variant.text_size, PROT_READ | PROT_EXEC) != 0)) {
      return Error::Format("the code cannot be made executable: %s", std::strerror(errno));
    }
    module->image_ = static_cast<const std::uint8_t*>(image);
  }
  TENON_TRY(mapping.ResolveTypeKeys(module->view_));
  return module;
} catch (const std::bad_alloc&) {
  return Error::Format("out of memory while loading");
}

namespace {

const void* CodeAt(const container::View& view, const VariantEntry& variant,
                   const std::uint8_t* image, std::uint64_t index) {
  const std::uint32_t offset = view.Section<std::uint32_t>(
      container::SectionId::kCodeOffsets)[variant.code_offsets_first + index];
  return offset == container::kNone ? nullptr : image + offset;
}

}  // namespace

const void* MappedModule::FunctionCode(std::uint32_t referenced_function) const {
  return CodeAt(view_, *variant_, image_, referenced_function);
}

const void* MappedModule::HostThunk(std::uint32_t type) const {
  const auto functions =
      view_.Section<container::ReferencedFunctionEntry>(container::SectionId::kReferencedFunctions);
  return CodeAt(view_, *variant_, image_, functions.size() + type);
}

const void* MappedModule::EntryTrampoline(std::uint32_t type) const {
  const auto functions =
      view_.Section<container::ReferencedFunctionEntry>(container::SectionId::kReferencedFunctions);
  const auto types = view_.Section<container::TypeEntry>(container::SectionId::kTypes);
  return CodeAt(view_, *variant_, image_, functions.size() + types.size() + type);
}

int MappedModule::file_descriptor() const {
  return mapping_->is_file ? mapping_->file.get_mapping_handle().handle : -1;
}

const std::uint64_t* MappedModule::type_keys() const { return mapping_->resolved_keys.data(); }

}  // namespace tenon::loader
