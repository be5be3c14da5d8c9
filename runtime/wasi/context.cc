// See context.h.
#include "runtime/wasi/context.h"

#include <unistd.h>

#include <cerrno>
#include <new>

#include "runtime/execute/execution_environment.h"
#include "runtime/memory/linear_memory.h"

namespace tenon::runtime::wasi {

ErrorCode FromHostError(int host_error) {
  switch (host_error) {
    case 0: return kSuccess;
#define TENON_WASI_ERROR(enumerator, number, host) \
  case host:                                       \
    return enumerator;
#include "runtime/wasi/functions/wasi_errors.def"
#undef TENON_WASI_ERROR
    default: return kInputOutput;
  }
}

int ToHostError(ErrorCode error) {
  switch (error) {
#define TENON_WASI_ERROR(enumerator, number, host) \
  case enumerator:                                 \
    return host;
#include "runtime/wasi/functions/wasi_errors.def"
#undef TENON_WASI_ERROR
    default: return 0;
  }
}

ErrorCode LastError() { return FromHostError(errno); }

FileType FileTypeOf(mode_t mode) {
  if (S_ISREG(mode)) return FileType::kRegularFile;
  if (S_ISDIR(mode)) return FileType::kDirectory;
  if (S_ISCHR(mode)) return FileType::kCharacterDevice;
  if (S_ISLNK(mode)) return FileType::kSymbolicLink;
  if (S_ISBLK(mode)) return FileType::kBlockDevice;
  if (S_ISSOCK(mode)) return FileType::kSocketStream;
  return FileType::kUnknown;
}

FileReference NewOpenFile(int host, bool owned, std::string_view name) {
  void* const memory = Allocate(Category::kInstance, sizeof(OpenFile) + name.size());
  if (memory == nullptr) return {};
  auto* const file = new (memory) OpenFile;
  file->host = host;
  file->owned = owned;
  file->name_length = static_cast<std::uint32_t>(name.size());
  if (!name.empty()) std::memcpy(static_cast<void*>(file + 1), name.data(), name.size());
  return FileReference(file);
}

FileReference NewStream(const StreamCallback& callback) {
  void* const memory = Allocate(Category::kInstance, sizeof(OpenFile) + sizeof callback);
  if (memory == nullptr) return {};
  auto* const file = new (memory) OpenFile;
  std::memcpy(static_cast<void*>(file + 1), &callback, sizeof callback);
  return FileReference(file);
}

void FileReference::Drop() {
  if (file_ == nullptr || file_->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if (file_->owned && file_->host >= 0) close(file_->host);
  if (file_->is_part) return;
  file_->~OpenFile();
  Free(file_);
}

FileType TypeOf(OpenFile& file) {
  FileType type = file.type.load(std::memory_order_relaxed);
  struct stat status;
  if (type != FileType::kUnknown || file.host < 0 || fstat(file.host, &status) != 0) return type;
  type = FileTypeOf(status.st_mode);
  // Compilers' libraries ask for more rights than a kind of file can have.
  const Rights possible = type == FileType::kDirectory
                              ? Rights{kDirectoryRights}
                              : Rights{kFileRights | kSocketRights | kListenerRights};
  file.rights.fetch_and(possible, std::memory_order_relaxed);
  if (type != FileType::kDirectory) file.inheriting.store(0, std::memory_order_relaxed);
  file.type.store(type, std::memory_order_relaxed);
  return type;
}

DescriptorTable::~DescriptorTable() {
  for (OpenFile* file : files_) FileReference closed(file);
}

FileReference DescriptorTable::Find(std::uint32_t number) {
  const MutexLock lock(mutex_);
  if (!IsOpen(number)) return {};
  files_[number]->references.fetch_add(1, std::memory_order_relaxed);
  return FileReference(files_[number]);
}

ErrorCode DescriptorTable::Add(FileReference file, std::uint32_t* number) {
  if (!file) return kNoMemory;
  const MutexLock lock(mutex_);
  std::size_t slot = 0;
  while (slot < files_.size() && files_[slot] != nullptr) ++slot;
  if (slot == files_.size() && !files_.Append(nullptr)) return kNoMemory;
  files_[slot] = file.Release();
  *number = static_cast<std::uint32_t>(slot);
  return kSuccess;
}

ErrorCode DescriptorTable::Close(std::uint32_t number) {
  FileReference closed;  // dropped after the lock: closing can take long
  const MutexLock lock(mutex_);
  if (!IsOpen(number)) return kBadDescriptor;
  closed = FileReference(std::exchange(files_[number], nullptr));
  return kSuccess;
}

ErrorCode DescriptorTable::Renumber(std::uint32_t from, std::uint32_t to) {
  FileReference closed;
  const MutexLock lock(mutex_);
  if (!IsOpen(from) || !IsOpen(to)) return kBadDescriptor;
  if (from == to) return kSuccess;
  closed = FileReference(std::exchange(files_[to], std::exchange(files_[from], nullptr)));
  return kSuccess;
}

WasiContext::~WasiContext() {
  if (Threads* const all = threads) {  // before what they use goes
    all->~Threads();
    Free(all);
  }
  if (shared_memory != nullptr) {
    DestroyLinearMemory(shared_memory);
    Free(shared_memory);
  }
}

ErrorCode WasiContext::Require(std::uint32_t number, Rights rights, FileReference* result) {
  FileReference file = descriptors.Find(number);
  if (!file) return kBadDescriptor;
  // Reading and the functions on paths learn a file's type from the host's answer. For other rights
  // it has to be known first.
  constexpr Rights kNeedType = kContentRights & ~Rights{kRightRead};
  if ((rights & kNeedType) != 0) TypeOf(*file);
  const Rights missing = rights & ~file->rights.load(std::memory_order_relaxed);
  if (missing != 0) {
    const FileType type = TypeOf(*file);
    // The codes that a POSIX program expects: EBADF for contents that it was not opened for.
    if ((missing & kContentRights) != 0) return kBadDescriptor;
    if ((missing & kPathRights) != 0 && type != FileType::kDirectory) return kNotDirectory;
    const bool socket = type == FileType::kSocketStream || type == FileType::kSocketDatagram;
    if ((missing & (kRightShutdown | kRightAccept)) != 0 && !socket) return kNotSocket;
    return kNotCapable;
  }
  *result = std::move(file);
  return kSuccess;
}

namespace {
GuestMemory MemoryOfCaller(const abi::HostFunction& function) {
  const abi::MemoryInstance* memory = MemoryOf(static_cast<Instance*>(function.instance));
  return memory == nullptr ? GuestMemory(nullptr, 0) : GuestMemory(memory->base, SizeOf(*memory));
}
}  // namespace

// The attachment is the context that the import was resolved with.
Caller::Caller(abi::ExecutionEnvironment* calling)
    : environment(calling),
      context(*static_cast<WasiContext*>(calling->current_host->attachment)),
      memory(MemoryOfCaller(*calling->current_host)),
      scope_(&LedgerOf(static_cast<const void*>(&context))) {}

}  // namespace tenon::runtime::wasi
