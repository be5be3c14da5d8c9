// The addresses that a program's sockets may use (wasm_runtime_set_wasi_addr_pool). Internal to
// runtime/wasi/.
#pragma once

#include <sys/socket.h>

#include <cstdint>

#include "format/result.h"
#include "runtime/wasi/array.h"

namespace tenon::runtime::wasi {

class AddressPool {
 public:
  // "10.1.0.0/16", "::1/128", or a single address.
  Status Add(const char* text);
  // An empty pool restricts nothing: the host chooses the sockets anyway. Addresses of other
  // families than IP are never in a pool that is not empty.
  bool Allows(const sockaddr* address) const;

 private:
  struct Range {
    std::uint8_t address[16];  // IPv4 in its IPv6 form, ::ffff:0:0/96
    std::uint8_t prefix_bits;
  };
  Array<Range> ranges_;
};

// The descriptor of a TCP socket that listens on an address such as "127.0.0.1:8080" or
// "[::1]:8080".
Result<int> ListenOn(const char* address);

}  // namespace tenon::runtime::wasi
