// The guest's lists of buffers as the host's, for one system call over all of them.
// Internal to runtime/wasi/.
#pragma once

#include <limits.h>
#include <sys/uio.h>

#include "runtime/wasi/context.h"

namespace tenon::runtime::wasi {

struct Buffers {
  // Left uninitialised: a call touches only what it uses of it.
  iovec list[IOV_MAX];
  int count;

  // A list longer than the host's limit is cut, which makes a short read or write, as both may be.
  ErrorCode Load(const GuestMemory& memory, std::uint32_t address, std::uint32_t guest_count) {
    const std::uint8_t* cells = memory.At(address, std::uint64_t{guest_count} * 8);
    if (cells == nullptr) return kFault;
    count = guest_count < IOV_MAX ? static_cast<int>(guest_count) : IOV_MAX;
    for (int i = 0; i < count; ++i) {
      std::uint32_t cell[2];
      std::memcpy(cell, cells + static_cast<std::size_t>(i) * 8, 8);
      std::uint8_t* bytes = memory.At(cell[0], cell[1]);
      if (bytes == nullptr) return kFault;
      list[i] = {bytes, cell[1]};
    }
    return kSuccess;
  }
};

}  // namespace tenon::runtime::wasi
