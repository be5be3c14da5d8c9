// A WASI context is instance memory, all of it: counted, limited, and given back.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "runtime/memory/memory.h"
#include "runtime/wasi/context.h"

namespace tenon::runtime::wasi {
namespace {

// The lowest descriptor that is free: changes if one leaks.
int LowestFreeDescriptor() {
  const int descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);
  close(descriptor);
  return descriptor;
}

struct Everything {
  std::vector<const char*> args = {"program", "one", "two"};
  std::vector<const char*> environment = {"A=1", "B=2"};
  std::vector<const char*> directories = {"/tmp", "/"};
  std::vector<const char*> mapped = {"guest::/usr"};
  std::vector<const char*> listeners = {"127.0.0.1:0", "[::1]:0"};
  std::vector<const char*> pool = {"127.0.0.0/8", "::1"};
  std::vector<Preopen> preopens = {{"/var", "some name"}};
  WasiOptions Options() const {
    WasiOptions options;
    options.args = args;
    options.environment = environment;
    options.directories = directories;
    options.mapped_directories = mapped;
    options.listeners = listeners;
    options.address_pool = pool;
    options.preopens = preopens;
    return options;
  }
};

TEST_CASE("A WASI context is counted as instance memory, and all of it comes back") {
  const Everything everything;
  const std::uint64_t before = LedgerOf(Category::kInstance).usage().live_bytes;
  const int descriptor = LowestFreeDescriptor();
  const auto context = Create(everything.Options());
  REQUIRE(context.ok());
  CHECK(LedgerOf(Category::kInstance).usage().live_bytes >= before + sizeof(WasiContext));
  CHECK((*context)->descriptors.Find(8));
  CHECK(!(*context)->descriptors.Find(9));
  CHECK(std::string((*context)->descriptors.Find(5)->name(), 5) == "guest");
  Destroy(*context);
  CHECK(LedgerOf(Category::kInstance).usage().live_bytes == before);
  CHECK(LowestFreeDescriptor() == descriptor);
}

TEST_CASE("Without memory for a WASI context there is an error, and nothing is left behind") {
  const Everything everything;
  Ledger& ledger = LedgerOf(Category::kInstance);
  const std::uint64_t before = ledger.usage().live_bytes;
  const int descriptor = LowestFreeDescriptor();
  int failures = 0;
  for (std::uint64_t room = 0;; room += 8) {
    ledger.SetLimit(before + room);
    const auto context = Create(everything.Options());
    ledger.SetLimit(Ledger::kNoLimit);
    if (context.ok()) {
      Destroy(*context);
      break;
    }
    ++failures;
    CHECK(std::strstr(context.error().text(), "out of memory") != nullptr);
    CHECK(ledger.usage().live_bytes == before);
    CHECK(LowestFreeDescriptor() == descriptor);
    REQUIRE(room < 100000);
  }
  CHECK(failures > 10);
}

TEST_CASE("What a context cannot be given is said in a sentence") {
  const char* const missing[] = {"/nonexistent/directory"};
  const char* const unmapped[] = {"guest:/usr"};
  WasiOptions options;
  options.directories = missing;
  CHECK(std::string(Create(options).error().text()) ==
        "Cannot open the directory \"/nonexistent/directory\": No such file or directory.");
  options = {};
  options.mapped_directories = unmapped;
  CHECK(std::string(Create(options).error().text()) ==
        "The directory mapping \"guest:/usr\" is not of the form GUEST::HOST.");
}

TEST_CASE("A descriptor closed by another thread stays what it was for a call under way") {
  DescriptorTable table;
  const int host = open("/dev/zero", O_RDONLY | O_CLOEXEC);
  std::uint32_t number = 99;
  REQUIRE(table.Add(NewOpenFile(host, true), &number) == kSuccess);
  CHECK(number == 0);
  {
    const FileReference held = table.Find(number);
    REQUIRE(held);
    std::thread([&] { CHECK(table.Close(number) == kSuccess); }).join();
    CHECK(!table.Find(number));
    char byte = 1;
    CHECK(read(held->host, &byte, 1) == 1);  // not closed yet
    CHECK(byte == 0);
  }
  char byte;
  CHECK(read(host, &byte, 1) == -1);
  CHECK(table.Close(number) == kBadDescriptor);
  CHECK(table.Renumber(0, 0) == kBadDescriptor);
}

TEST_CASE("Renumbering closes what was there and frees the old number") {
  DescriptorTable table;
  std::uint32_t first = 0, second = 0;
  const int host = open("/dev/null", O_RDONLY | O_CLOEXEC);
  REQUIRE(table.Add(NewOpenFile(host, true), &first) == kSuccess);
  REQUIRE(table.Add(NewOpenFile(open("/dev/zero", O_RDONLY | O_CLOEXEC), true), &second) ==
          kSuccess);
  CHECK(table.Renumber(second, first) == kSuccess);
  CHECK(!table.Find(second));
  char byte = 1;
  CHECK(read(table.Find(first)->host, &byte, 1) == 1);  // /dev/zero has something to read
  CHECK(fcntl(host, F_GETFD) == -1);
  CHECK(table.Renumber(first, 7) == kBadDescriptor);
  CHECK(table.Renumber(first, first) == kSuccess);
}

}  // namespace
}  // namespace tenon::runtime::wasi
