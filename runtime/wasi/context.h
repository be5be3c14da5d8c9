// What the WASI functions share: error codes, rights, the descriptor table, and
// guest memory. Internal to runtime/wasi/.
//
// Invariants: every pointer from the guest goes through GuestMemory, which checks it
// against the memory's size at that moment; the guest's numbers never become
// host descriptors except through the table.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "format/abi.h"
#include "runtime/instance.h"

namespace tenon::runtime::wasi {

using ErrorCode = std::uint32_t;
enum : ErrorCode {
  kSuccess = 0,
#define TENON_WASI_ERROR(enumerator, number, host) enumerator = number,
#include "runtime/wasi/wasi_errors.def"
#undef TENON_WASI_ERROR
  kNotCapable = 76,  // WASI's own: outside of what the program was given
};

// The code for the host's errno value.
ErrorCode FromHostError(int host_error);
// The code for errno as it stands.
ErrorCode LastError();

enum class FileType : std::uint8_t {
  kUnknown = 0,
  kBlockDevice = 1,
  kCharacterDevice = 2,
  kDirectory = 3,
  kRegularFile = 4,
  kSocketDatagram = 5,
  kSocketStream = 6,
  kSymbolicLink = 7,
};
FileType FileTypeOf(mode_t mode);

using Rights = std::uint64_t;
enum : Rights {
  kRightDataSync = 1u << 0,
  kRightRead = 1u << 1,
  kRightSeek = 1u << 2,
  kRightSetFlags = 1u << 3,
  kRightSync = 1u << 4,
  kRightTell = 1u << 5,
  kRightWrite = 1u << 6,
  kRightAdvise = 1u << 7,
  kRightAllocate = 1u << 8,
  kRightCreateDirectory = 1u << 9,
  kRightCreateFile = 1u << 10,
  kRightLinkSource = 1u << 11,
  kRightLinkTarget = 1u << 12,
  kRightOpen = 1u << 13,
  kRightReadDirectory = 1u << 14,
  kRightReadLink = 1u << 15,
  kRightRenameSource = 1u << 16,
  kRightRenameTarget = 1u << 17,
  kRightPathStatus = 1u << 18,
  kRightPathSetSize = 1u << 19,
  kRightPathSetTimes = 1u << 20,
  kRightStatus = 1u << 21,
  kRightSetSize = 1u << 22,
  kRightSetTimes = 1u << 23,
  kRightSymlink = 1u << 24,
  kRightRemoveDirectory = 1u << 25,
  kRightUnlink = 1u << 26,
  kRightPoll = 1u << 27,
  // What makes sense for a file's contents, below a directory, and for everything.
  kContentRights = kRightRead | kRightSeek | kRightTell | kRightWrite | kRightAdvise |
                   kRightAllocate | kRightSetSize,
  kPathRights = kRightCreateDirectory | kRightCreateFile | kRightLinkSource | kRightLinkTarget |
                kRightOpen | kRightReadDirectory | kRightReadLink | kRightRenameSource |
                kRightRenameTarget | kRightPathStatus | kRightPathSetSize | kRightPathSetTimes |
                kRightSymlink | kRightRemoveDirectory | kRightUnlink,
  kCommonRights =
      kRightDataSync | kRightSync | kRightSetFlags | kRightStatus | kRightSetTimes | kRightPoll,
  kFileRights = kContentRights | kCommonRights,
  kDirectoryRights = kPathRights | kCommonRights,
  kAllRights = kFileRights | kDirectoryRights,
};

// Descriptor flags (fdflags).
enum : std::uint32_t {
  kFlagAppend = 1,
  kFlagDataSync = 2,
  kFlagNonBlocking = 4,
  kFlagReadSync = 8,
  kFlagSync = 16,
};

// Preview 1, or the older preview 0 where layouts and constants differ.
enum class Version { kPreview1, kUnstable };

struct Descriptor {
  int host = -1;  // -1: a free slot of the table
  bool owned = false;
  FileType type = FileType::kUnknown;
  bool is_preopen = false;
  Rights rights = 0;
  Rights inheriting = 0;
  std::string preopen_name;
};

// Strings as args_get and environ_get hand them out.
struct StringList {
  std::string bytes;                     // each with its NUL
  std::vector<std::uint32_t> positions;  // of each in `bytes`
};

struct WasiContext {
  StringList args;
  StringList environment;
  std::vector<Descriptor> descriptors;

  Descriptor* Find(std::uint32_t number) {
    if (number >= descriptors.size() || descriptors[number].host < 0) return nullptr;
    return &descriptors[number];
  }
  // The open descriptor with these rights; fills `result` or returns an error.
  ErrorCode Require(std::uint32_t number, Rights rights, Descriptor** result);
  // Puts the descriptor into the lowest free slot (invalidates Descriptor pointers).
  std::uint32_t Add(Descriptor descriptor);
  // Frees the slot, closes the host's descriptor if it is ours.
  void Close(Descriptor* descriptor);
};

// The memory of the calling instance, all accesses checked. Valid within one call
// of a WASI function: nothing there can grow the memory.
class GuestMemory {
 public:
  GuestMemory(std::uint8_t* base, std::uint64_t size) : base_(base), size_(size) {}

  // Null unless [address, +length) lies inside the memory.
  std::uint8_t* At(std::uint32_t address, std::uint64_t length) const {
    if (length > size_ || address > size_ - length) return nullptr;
    return base_ + address;
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

// What a WASI function needs to know about its caller.
struct Caller {
  explicit Caller(abi::ExecutionEnvironment* environment);
  WasiContext& context;
  GuestMemory memory;

 private:
  explicit Caller(Instance* instance);
  static GuestMemory MemoryFrom(const abi::MemoryInstance* instance) {
    return instance == nullptr ? GuestMemory(nullptr, 0)
                               : GuestMemory(instance->base, instance->size_bytes);
  }
};

// Writes `status` as a filestat.
ErrorCode StoreFileStatus(const GuestMemory& memory, Version version, std::uint32_t address,
                          const struct stat& status);
// The two times for utimensat out of the guest's times and fstflags.
ErrorCode TimesFrom(std::uint64_t access, std::uint64_t modification, std::uint32_t flags,
                    struct timespec (&times)[2]);

// ---- The natives' C++ types, made from the letters in wasi_functions.def.
template <std::size_t N>
struct Letters {
  consteval Letters(const char (&text)[N]) {  // NOLINT: implicit on purpose
    for (std::size_t i = 0; i < N; ++i) letter[i] = text[i];
  }
  char letter[N];
};
template <char kLetter>
using TypeOfLetter = std::conditional_t<kLetter == 'i', std::uint32_t,
                                        std::conditional_t<kLetter == 'I', std::uint64_t, void>>;
template <Letters kResult, Letters kParameters, typename Indices>
struct NativeTypeOf;
template <Letters kResult, Letters kParameters, std::size_t... kIndex>
struct NativeTypeOf<kResult, kParameters, std::index_sequence<kIndex...>> {
  using Type = TypeOfLetter<kResult.letter[0]>(abi::ExecutionEnvironment*,
                                               TypeOfLetter<kParameters.letter[kIndex]>...);
};
template <Letters kResult, Letters kParameters>
using NativeType =
    typename NativeTypeOf<kResult, kParameters,
                          std::make_index_sequence<sizeof kParameters.letter - 1>>::Type;

extern "C" {
#define TENON_WASI(name, result, parameters) NativeType<result, parameters> wasi_##name;
#include "runtime/wasi/wasi_functions.def"
#undef TENON_WASI
#define TENON_WASI(name, result, parameters) NativeType<result, parameters> wasi_unstable_##name;
#include "runtime/wasi/wasi_unstable_functions.def"
#undef TENON_WASI
}

}  // namespace tenon::runtime::wasi
