// The address pool: which texts it takes and which addresses it lets through.
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>

#include "runtime/wasi/address_pool.h"

namespace tenon::runtime::wasi {
namespace {

bool Allows(const AddressPool& pool, const char* text) {
  sockaddr_in ipv4{};
  ipv4.sin_family = AF_INET;
  if (inet_pton(AF_INET, text, &ipv4.sin_addr) == 1)
    return pool.Allows(reinterpret_cast<const sockaddr*>(&ipv4));
  sockaddr_in6 ipv6{};
  ipv6.sin6_family = AF_INET6;
  REQUIRE(inet_pton(AF_INET6, text, &ipv6.sin6_addr) == 1);
  return pool.Allows(reinterpret_cast<const sockaddr*>(&ipv6));
}

TEST_CASE("An address pool allows what is in one of its ranges") {
  AddressPool pool;
  CHECK(Allows(pool, "8.8.8.8"));  // empty: nothing is restricted
  REQUIRE(pool.Add("10.1.0.0/15").ok());
  REQUIRE(pool.Add("192.168.7.9").ok());
  REQUIRE(pool.Add("2001:db8::/33").ok());
  CHECK(Allows(pool, "10.0.255.255"));
  CHECK(Allows(pool, "10.1.2.3"));
  CHECK(!Allows(pool, "10.2.0.0"));
  CHECK(Allows(pool, "192.168.7.9"));
  CHECK(!Allows(pool, "192.168.7.8"));
  CHECK(Allows(pool, "::ffff:10.1.2.3"));  // IPv4 on an IPv6 socket
  CHECK(Allows(pool, "2001:db8:7fff::1"));
  CHECK(!Allows(pool, "2001:db8:8000::1"));
  CHECK(!Allows(pool, "8.8.8.8"));
  REQUIRE(pool.Add("0.0.0.0/0").ok());
  CHECK(Allows(pool, "8.8.8.8"));
  CHECK(!Allows(pool, "2002::1"));
}

TEST_CASE("An address pool says which text is no address") {
  AddressPool pool;
  for (const char* text :
       {"", "localhost", "10.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129",
        "10.0.0.0/8x", "1.2.3.4.5/6",
        "1111:2222:3333:4444:5555:6666:7777:8888:9999:1111:2222:3333:4444:5555/128"}) {
    CAPTURE(text);
    CHECK(!pool.Add(text).ok());
  }
  for (const char* text : {"localhost:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80",
                           "[::1]", "[127.0.0.1]:80", ":80", "[]:80"}) {
    CAPTURE(text);
    CHECK(!ListenOn(text).ok());
  }
}

}  // namespace
}  // namespace tenon::runtime::wasi
