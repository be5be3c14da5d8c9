// What the WASI functions share: the descriptor table, the guest's memory, and the caller. Internal
// to runtime/wasi/.
//
// Invariants: every pointer from the guest goes through GuestMemory, which checks it against the
// memory's size at that moment. The guest's numbers become host descriptors through the table
// alone. All memory is instance memory (memory.h).
//
// Threads of one program share a context. A mutex guards the table. A call holds a reference to the
// OpenFile that it works on, so that the host descriptor stays open, and its number in use, until
// the call is over, even if another thread closes the descriptor meanwhile.
#pragma once

#include <sys/stat.h>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <utility>

#include "format/abi.h"
#include "format/locking.h"
#include "format/ranges.h"
#include "format/result.h"
#include "runtime/instance/instance.h"
#include "runtime/memory/memory.h"
#include "runtime/wasi/address_pool.h"
#include "runtime/wasi/array.h"
#include "runtime/wasi/functions/signature.h"
#include "runtime/wasi/threads.h"
#include "runtime/wasi/types.h"
#include "runtime/wasi/wasi.h"

namespace tenon::runtime::wasi {

// What a descriptor refers to. Freed with its last reference. Each program has at least three, so
// what only some need follows the struct: a preopened directory's name, or a stream's callback.
struct OpenFile {
  std::atomic<std::uint32_t> references{1};
  int host = -1;                        // -1: the callback is asked instead
  std::uint32_t name_length = 0;        // of a preopened directory
  std::atomic<std::uint16_t> flags{0};  // fdflags, if `owned`: nobody else changes them then
  // kUnknown until it is needed, see TypeOf.
  std::atomic<FileType> type{FileType::kUnknown};
  bool owned : 1 = false;  // the host descriptor is closed with the last reference
  bool is_preopen : 1 = false;
  bool is_part : 1 = false;  // of a context: not a block of its own
  std::atomic<Rights> rights{0};
  std::atomic<Rights> inheriting{0};

  const char* name() const { return reinterpret_cast<const char*>(this + 1); }
  const StreamCallback& stream() const {
    return *reinterpret_cast<const StreamCallback*>(this + 1);
  }
};
static_assert(sizeof(OpenFile) == 32);

// Owns one reference, or none.
class FileReference {
 public:
  FileReference() = default;
  explicit FileReference(OpenFile* file) : file_(file) {}  // takes over the reference
  FileReference(FileReference&& other) noexcept : file_(std::exchange(other.file_, nullptr)) {}
  FileReference& operator=(FileReference&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }
  ~FileReference() { Drop(); }
  OpenFile* operator->() const { return file_; }
  OpenFile& operator*() const { return *file_; }
  explicit operator bool() const { return file_ != nullptr; }
  OpenFile* Release() { return std::exchange(file_, nullptr); }

 private:
  void Drop();
  OpenFile* file_ = nullptr;
};

// Null: there is no memory. `name` is a preopened directory's.
FileReference NewOpenFile(int host, bool owned, std::string_view name = {});
FileReference NewStream(const StreamCallback& callback);
// O_APPEND and so on as fdflags.
std::uint16_t DescriptorFlags(int host_flags);
// The file's type; asks the host the first time.
FileType TypeOf(OpenFile& file);

// The descriptors by number, shared by the program's threads.
class DescriptorTable {
 public:
  DescriptorTable() = default;
  DescriptorTable(const DescriptorTable&) = delete;
  DescriptorTable& operator=(const DescriptorTable&) = delete;
  ~DescriptorTable();
  // An empty reference if the number is not open.
  FileReference Find(std::uint32_t number);
  // Puts the file under the lowest free number.
  ErrorCode Add(FileReference file, std::uint32_t* number);
  ErrorCode Close(std::uint32_t number);
  // `to`, which must be open, is closed and then means what `from` meant; `from` is free.
  ErrorCode Renumber(std::uint32_t from, std::uint32_t to);

 private:
  bool IsOpen(std::uint32_t number) const TENON_REQUIRES(mutex_) {
    return number < files_.size() && files_[number] != nullptr;
  }
  Mutex mutex_;
  Array<OpenFile*> files_ TENON_GUARDED_BY(mutex_);  // null: a free number
};

// Strings in the form that args_get and environ_get return.
struct StringList {
  Array<char> bytes;  // each with its NUL
  std::uint32_t count = 0;
};

struct WasiContext {
  WasiContext() = default;
  WasiContext(const WasiContext&) = delete;
  WasiContext& operator=(const WasiContext&) = delete;
  ~WasiContext();

  StringList args;
  StringList environment;
  OpenFile streams[3];  // those that are the host's descriptors
  DescriptorTable descriptors;
  Mutex directory_mutex;  // held by fd_readdir while it moves a directory's position
  AddressPool address_pool;
  TraceSink trace;
  // Of a program with threads; null until it is made.
  abi::MemoryInstance* shared_memory = nullptr;
  // Null until there is one.
  std::atomic<Threads*> threads{nullptr};

  // The open descriptor with these rights; fills `result` or returns an error.
  ErrorCode Require(std::uint32_t number, Rights rights, FileReference* result);
};

// The memory of the calling instance, with all accesses checked. Valid within one call of a WASI
// function, during which nothing can move the memory.
class GuestMemory {
 public:
  GuestMemory(std::uint8_t* base, std::uint64_t size) : base_(base), size_(size) {}

  // Null unless [address, +length) lies inside the memory.
  std::uint8_t* At(std::uint32_t address, std::uint64_t length) const {
    return IsOutside(address, length, size_) ? nullptr : base_ + address;
  }
  template <typename T>
  bool Load(std::uint32_t address, T* value) const {
    static_assert(std::is_trivially_copyable_v<T>);
    const std::uint8_t* bytes = At(address, sizeof(T));
    if (bytes == nullptr) return false;
    std::memcpy(value, bytes, sizeof(T));  // guest addresses need not be aligned
    return true;
  }
  template <typename T>
  bool Store(std::uint32_t address, const T& value) const {
    static_assert(std::is_trivially_copyable_v<T>);
    std::uint8_t* bytes = At(address, sizeof(T));
    if (bytes == nullptr) return false;
    std::memcpy(bytes, &value, sizeof(T));
    return true;
  }

 private:
  std::uint8_t* base_;
  std::uint64_t size_;
};

// A WASI function's caller.
struct Caller {
  explicit Caller(abi::ExecutionEnvironment* environment);
  Caller(const Caller&) = delete;
  abi::ExecutionEnvironment* environment;
  WasiContext& context;
  GuestMemory memory;

 private:
  LedgerScope scope_;  // what a function allocates is counted where the context is
};

// Writes `status` as a filestat.
ErrorCode StoreFileStatus(const GuestMemory& memory, Version version, std::uint32_t address,
                          const struct stat& status);
// The two times for utimensat from the guest's times and fstflags.
ErrorCode TimesFrom(std::uint64_t access, std::uint64_t modification, std::uint32_t flags,
                    struct timespec (&times)[2]);

}  // namespace tenon::runtime::wasi
