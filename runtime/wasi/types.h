// WASI's numbers: error codes, file types, rights, flags. Internal to runtime/wasi/.
#pragma once

#include <sys/stat.h>

#include <cstdint>

namespace tenon::runtime::wasi {

using ErrorCode = std::uint32_t;
enum : ErrorCode {
  kSuccess = 0,
#define TENON_WASI_ERROR(enumerator, number, host) enumerator = number,
#include "runtime/wasi/functions/wasi_errors.def"
#undef TENON_WASI_ERROR
  kNotCapable = 76,  // without a host counterpart: outside of what the program was given
};

// The code for the host's errno value, and back (0 if the host has none).
ErrorCode FromHostError(int host_error);
int ToHostError(ErrorCode error);
// The code for the current errno.
ErrorCode LastError();
// Success, or errno's code if `result` is negative.
inline ErrorCode Outcome(int result) { return result >= 0 ? kSuccess : LastError(); }

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
  kRightShutdown = 1u << 28,
  kRightAccept = 1u << 29,
  // The rights that make sense for a file's contents, for paths in a directory, and for all files.
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
  kSocketRights =
      kRightRead | kRightWrite | kRightSetFlags | kRightStatus | kRightPoll | kRightShutdown,
  kListenerRights = kRightAccept | kRightSetFlags | kRightStatus | kRightPoll,
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

}  // namespace tenon::runtime::wasi
