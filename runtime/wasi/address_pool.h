// The addresses a program's sockets may have to do with, as in
// wasm_runtime_set_wasi_addr_pool. Internal to runtime/wasi/.
#pragma once

#include <sys/socket.h>

#include <cstdint>

#include "format/result.h"
#include "runtime/wasi/array.h"

namespace tenon::runtime::wasi {

class AddressPool {
 public:
  // "10.1.0.0/16", "::1/128" or an address alone, which stands for itself.
  Status Add(const char* text);
  // An empty pool restricts nothing: which sockets there are is the host's choice anyway. Other
  // than IP addresses are never in a pool that is not empty.
  bool Allows(const sockaddr* address) const;

 private:
  struct Range {
    std::uint8_t address[16];  // IPv4 in its IPv6 form, ::ffff:0:0/96
    std::uint8_t prefix_bits;
  };
  Array<Range> ranges_;
};

// "127.0.0.1:8080", "[::1]:8080": a listening TCP socket's descriptor.
Result<int> ListenOn(const char* address);

}  // namespace tenon::runtime::wasi
