// See address_pool.h.
#include "runtime/wasi/address_pool.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace tenon::runtime::wasi {
namespace {

constexpr std::uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr std::size_t kMaximumText = 64;  // longer than any address with a prefix length
constexpr int kBacklog = 128;

void FromIpv4(const in_addr& address, std::uint8_t (&bytes)[16]) {
  std::memcpy(bytes, kMapped, sizeof kMapped);
  std::memcpy(bytes + sizeof kMapped, &address, sizeof address);
}

// Fills `bytes` from a numeric address; `width` becomes its family's number of bits.
bool ParseAddress(const char* text, std::uint8_t (&bytes)[16], unsigned* width) {
  in_addr ipv4;
  if (::inet_pton(AF_INET, text, &ipv4) == 1) {
    FromIpv4(ipv4, bytes);
    *width = 32;
    return true;
  }
  *width = 128;
  return ::inet_pton(AF_INET6, text, bytes) == 1;
}

bool ParseNumber(const char* text, unsigned maximum, unsigned* value) {
  if (*text < '0' || *text > '9') return false;
  char* end = nullptr;
  const unsigned long number = std::strtoul(text, &end, 10);
  *value = static_cast<unsigned>(number);
  return *end == '\0' && number <= maximum;
}

}  // namespace

Status AddressPool::Add(const char* text) {
  char address[kMaximumText];
  const std::size_t length = std::strlen(text);
  Range range{};
  unsigned width = 0, bits = 0;
  bool good = length < sizeof address;
  if (good) {
    std::memcpy(address, text, length + 1);
    char* const slash = std::strchr(address, '/');
    if (slash != nullptr) *slash = '\0';
    good = ParseAddress(address, range.address, &width);
    bits = width;
    if (good && slash != nullptr) good = ParseNumber(slash + 1, width, &bits);
  }
  if (!good) {
    return Error::Format("The address pool has \"%s\", which is no address or ADDRESS/BITS.", text);
  }
  range.prefix_bits = static_cast<std::uint8_t>(128 - width + bits);
  if (!ranges_.Append(range)) return Error::Format("out of memory for the address pool");
  return Status::Ok();
}

bool AddressPool::Allows(const sockaddr* address) const {
  if (ranges_.size() == 0) return true;
  std::uint8_t bytes[16];
  if (address->sa_family == AF_INET) {
    FromIpv4(reinterpret_cast<const sockaddr_in*>(address)->sin_addr, bytes);
  } else if (address->sa_family == AF_INET6) {
    std::memcpy(bytes, &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, sizeof bytes);
  } else {
    return false;
  }
  for (std::size_t i = 0; i < ranges_.size(); ++i) {
    const Range& range = ranges_[i];
    const unsigned whole = range.prefix_bits / 8, rest = range.prefix_bits % 8;
    if (std::memcmp(bytes, range.address, whole) != 0) continue;
    const auto mask = static_cast<std::uint8_t>(0xFF00u >> rest);
    if (rest == 0 || ((bytes[whole] ^ range.address[whole]) & mask) == 0) return true;
  }
  return false;
}

Result<int> ListenOn(const char* text) {
  const auto refuse = [text] {
    return Error::Format("\"%s\" is no address to listen on, such as 127.0.0.1:8080 or [::1]:8080.",
                         text);
  };
  char host[kMaximumText];
  const char* colon = std::strrchr(text, ':');
  if (colon == nullptr) return refuse();
  const bool bracketed = text[0] == '[' && colon > text + 1 && colon[-1] == ']';
  const char* begin = text + (bracketed ? 1 : 0);
  const auto length = static_cast<std::size_t>(colon - begin - (bracketed ? 1 : 0));
  unsigned port = 0;
  if (length >= sizeof host || !ParseNumber(colon + 1, 65535, &port)) return refuse();
  std::memcpy(host, begin, length);
  host[length] = '\0';

  sockaddr_storage address{};
  socklen_t size = 0;
  auto* const ipv4 = reinterpret_cast<sockaddr_in*>(&address);
  auto* const ipv6 = reinterpret_cast<sockaddr_in6*>(&address);
  if (!bracketed && ::inet_pton(AF_INET, host, &ipv4->sin_addr) == 1) {
    ipv4->sin_family = AF_INET;
    ipv4->sin_port = htons(static_cast<std::uint16_t>(port));
    size = sizeof *ipv4;
  } else if (bracketed && ::inet_pton(AF_INET6, host, &ipv6->sin6_addr) == 1) {
    ipv6->sin6_family = AF_INET6;
    ipv6->sin6_port = htons(static_cast<std::uint16_t>(port));
    size = sizeof *ipv6;
  } else {
    return refuse();
  }
  const int listener = ::socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int reuse = 1;  // a server started again right away finds its port free
  if (listener < 0 || ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse) != 0 ||
      ::bind(listener, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::listen(listener, kBacklog) != 0) {
    const int error = errno;
    if (listener >= 0) ::close(listener);
    return Error::Format("Cannot listen on %s: %s.", text, std::strerror(error));
  }
  return listener;
}

}  // namespace tenon::runtime::wasi
