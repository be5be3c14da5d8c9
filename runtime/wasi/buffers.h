// Converts a guest's list of buffers to an iovec list, for one system call on all of them. Internal
// to runtime/wasi/.
#pragma once

#include <limits.h>
#include <sys/uio.h>

#include "runtime/wasi/context.h"

namespace tenon::runtime::wasi {

struct Buffers {
  // Not initialised: most calls use a few elements.
  iovec list[IOV_MAX];
  int count;

  // A list longer than the host's limit is cut, which makes the read or write a short one.
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
