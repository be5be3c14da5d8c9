// The program malformed-inputs: every prefix and any number of mutations of .wasm and .aot files,
// and random modules, through the readers in process. Each case must end in an error or be
// accepted; best built with sanitizers.
//
// Checksums of a mutated .aot are made right again (mostly), so that what lies behind them is
// reached. What is accepted goes on: a module is compiled now and then, a container is printed,
// taken apart and instantiated. Code is not run: changed offsets lead anywhere in it.
//
// Cases run in processes of their own; one that dies is named with what makes it again, and the
// rest goes on. A case is made from the seed, its file and its number alone.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <new>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "compiler/pipeline.h"
#include "compiler/wasm/reader/reader.h"
#include "compiler/wasm/validator/validator.h"
#include "format/dump.h"
#include "format/thin.h"
#include "format/view.h"
#include "loader/mapped_module.h"
#include "runtime/instance/instance.h"

namespace {

using namespace tenon;  // NOLINT: a program
using Bytes = std::vector<std::uint8_t>;
using Random = std::mt19937_64;
using container::Header;
using container::SectionEntry;

constexpr unsigned kSecondsPerCase = 60;
constexpr std::size_t kMostPrefixes = 20'000;
constexpr unsigned kCompileOneIn = 8;  // of the mutated modules that are valid

std::uint64_t Below(Random& random, std::uint64_t limit) { return random() % limit; }

// ---- what is done to the bytes

std::uint64_t InterestingNumber(Random& random, std::size_t size) {
  const std::uint64_t numbers[] = {0,           1,          0x7F,        0x80,
                                   0xFF,        0xFFFF,     0x7FFF'FFFF, 1ULL << 31,
                                   0xFFFF'FFFF, 1ULL << 32, 1ULL << 63,  ~0ULL,
                                   ~0ULL - 15,  size,       size - 1,    Below(random, 64)};
  return numbers[Below(random, std::size(numbers))];
}

// One change somewhere in [begin, end) that leaves the size as it is.
void Overwrite(Random& random, Bytes& bytes, std::size_t begin, std::size_t end) {
  if (begin >= end) return;
  std::size_t at = begin + Below(random, end - begin);
  switch (Below(random, 6)) {
    case 0: bytes[at] = static_cast<std::uint8_t>(random()); return;
    case 1: bytes[at] ^= static_cast<std::uint8_t>(1U << Below(random, 8)); return;
    case 2: bytes[at] = static_cast<std::uint8_t>(bytes[at] + (random() % 2 != 0 ? 1 : -1)); return;
    case 3: bytes[at] = static_cast<std::uint8_t>(InterestingNumber(random, bytes.size())); return;
    default: break;
  }
  // A whole number where one may be, or a copy of another.
  const std::size_t width = random() % 2 != 0 ? 4 : 8;
  at -= (at - begin) % width;
  if (end - at < width) return;
  if (random() % 3 == 0) {
    const std::size_t from = begin + Below(random, end - begin);
    std::memmove(&bytes[at], &bytes[from], std::min({width, end - at, end - from}));
  } else {
    const std::uint64_t number = InterestingNumber(random, bytes.size());
    std::memcpy(&bytes[at], &number, width);
  }
}

// Bytes inserted, removed or repeated, as an interrupted or confused writer would.
void Resize(Random& random, Bytes& bytes) {
  const std::size_t at = Below(random, bytes.size());
  const std::size_t count = std::min(1 + Below(random, 8), bytes.size() - at);
  const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
  const auto end = begin + static_cast<std::ptrdiff_t>(count);
  if (random() % 2 != 0) {
    bytes.erase(begin, end);
  } else {
    const Bytes again(begin, end);
    bytes.insert(begin, again.begin(), again.end());
  }
}

Bytes MutateModule(Random& random, const Bytes& original) {
  Bytes bytes = original;
  for (std::uint64_t n = 1 + Below(random, 4); n > 0 && !bytes.empty(); --n) {
    if (random() % 4 == 0) {
      Resize(random, bytes);
    } else {
      Overwrite(random, bytes, 0, bytes.size());
    }
  }
  return bytes;
}

void AppendLeb(Bytes& bytes, std::uint64_t number) {
  do {
    bytes.push_back(static_cast<std::uint8_t>((number & 0x7F) | (number > 0x7F ? 0x80 : 0)));
    number >>= 7;
  } while (number != 0);
}

// Sections in order, of random bytes that are mostly small.
Bytes RandomModule(Random& random) {
  Bytes bytes = {0, 'a', 's', 'm', 1, 0, 0, 0};
  for (unsigned section = 0; section <= 13; ++section) {
    if (random() % 3 == 0) continue;
    Bytes contents(Below(random, 40));
    for (std::uint8_t& byte : contents)
      byte = static_cast<std::uint8_t>(random() % 4 == 0 ? random() : Below(random, 16));
    bytes.push_back(static_cast<std::uint8_t>(section));
    AppendLeb(bytes, contents.size() + (random() % 16 == 0 ? Below(random, 3) : 0));
    bytes.insert(bytes.end(), contents.begin(), contents.end());
  }
  return bytes;
}

std::vector<SectionEntry> SectionsOf(const Bytes& bytes) {
  Header header;
  std::memcpy(&header, bytes.data(), sizeof header);
  const std::size_t most = (bytes.size() - container::kSectionTableOffset) / sizeof(SectionEntry);
  std::vector<SectionEntry> sections(std::min<std::size_t>(header.section_count, most));
  if (!sections.empty()) {
    std::memcpy(sections.data(), bytes.data() + container::kSectionTableOffset,
                sections.size() * sizeof(SectionEntry));
  }
  return sections;
}

void RepairChecksums(Bytes& bytes) {
  std::vector<SectionEntry> sections = SectionsOf(bytes);
  for (SectionEntry& section : sections) {
    const bool inside =
        section.offset <= bytes.size() && section.size <= bytes.size() - section.offset;
    if (inside) section.checksum = container::Checksum(bytes.data() + section.offset, section.size);
  }
  if (sections.empty()) return;
  const std::size_t size = sections.size() * sizeof(SectionEntry);
  std::memcpy(bytes.data() + container::kSectionTableOffset, sections.data(), size);
  const std::uint64_t checksum = container::Checksum(sections.data(), size);
  std::memcpy(bytes.data() + offsetof(Header, checksum), &checksum, sizeof checksum);
}

Bytes MutateContainer(Random& random, const Bytes& original) {
  Bytes bytes = original;
  const std::vector<SectionEntry> sections = SectionsOf(original);
  for (std::uint64_t n = 1 + Below(random, 3); n > 0; --n) {
    // The header and the table, or a section, however small it is; code is trusted.
    const std::size_t pick = Below(random, sections.size() + 2);
    std::size_t begin = 0, end = container::kSectionTableOffset;
    if (pick == sections.size()) {
      begin = end;
      end += sections.size() * sizeof(SectionEntry);
    } else if (pick < sections.size()) {
      if (sections[pick].id == container::SectionId::kCodeImages) continue;
      begin = sections[pick].offset;
      end = begin + sections[pick].size;
    }
    Overwrite(random, bytes, begin, std::min(end, bytes.size()));
  }
  if (random() % 16 != 0) RepairChecksums(bytes);
  return bytes;
}

// ---- where they go; each returns whether the bytes were accepted

bool TryModule(Random& random, const Bytes& bytes) {
  Result<wasm::Module> module = wasm::ReadModule(bytes);
  if (!module.ok() || !wasm::ValidateModule(*module).ok()) return false;
  if (Below(random, kCompileOneIn) != 0) return true;
  compiler::Options options;
  options.opt_level = 0;
  options.jobs = 1;
  options.bounds_checks = random() % 2 != 0 ? compiler::BoundsChecksOption::kGuard
                                            : compiler::BoundsChecksOption::kExplicit;
  const auto compiled = compiler::CompileToContainer(bytes, options);
  if (!compiled.ok()) return true;  // a limit of the compiler's
  const auto view = container::View::Open(*compiled);
  if (!view.ok()) {
    std::printf("what was compiled is refused: %s\n", view.error().text());
    std::abort();
  }
  return true;
}

void TryInstance(loader::MappedModule& module) {
  runtime::InstantiateOptions options;
  options.maximum_memory_pages = 256;
  options.maximum_table_elements = 100'000;
  options.unknown_function_imports_trap = true;
  const runtime::ImportResolver nothing = {
      [](void*, const container::ImportEntry&, std::string_view, std::string_view,
         runtime::Extern*) { return false; },
      nullptr};
  abi::TrapKind trap;
  const auto instance = runtime::Instantiate(module, nothing, options, &trap);
  if (!instance.ok()) return;
  const container::View& view = module.view();
  for (const auto& item : view.Section<container::ExportEntry>(container::SectionId::kExports)) {
    runtime::Extern found;
    runtime::FindExport(*instance, view.String(item.name), &found);
  }
  runtime::StartFunction(*instance);
  runtime::Release(*instance);
}

bool TryContainer(const Bytes& bytes) {
  const auto view = container::View::Open(bytes);
  if (!view.ok()) return false;
  const container::DumpOutput nowhere = {[](void*, const char*, std::size_t) {}, nullptr};
  if (view->Verify().ok()) {
    container::DumpText(*view, nowhere);
    container::DumpJson(*view, nowhere);
  }
  static_cast<void>(
      container::Thin(*view, [](const container::VariantEntry&) { return true; }).ok());
  auto module = loader::MappedModule::OpenBuffer(bytes, loader::OpenOptions{});
  if (!module.ok()) return false;
  const auto& image = (*module)->variant();
  for (std::uint64_t offset = 0; offset < image.image_size; offset += 64)
    view->FunctionName(view->FunctionAt(image, offset));
  TryInstance(**module);
  return true;
}

// ---- cases

struct File {
  std::string path;  // empty: random modules
  bool is_container;
  Bytes bytes;
  std::uint64_t prefixes() const { return std::min(bytes.size(), kMostPrefixes); }
};

// The bytes are placed so that a sanitizer sees one read too many.
bool RunCase(const File& file, std::uint64_t seed, std::uint64_t number, const std::string& keep) {
  Random random(seed * 0x9E37'79B9'7F4A'7C15 + number);
  Bytes bytes;
  if (number < file.prefixes()) {
    bytes.assign(file.bytes.begin(), file.bytes.begin() + static_cast<std::ptrdiff_t>(number));
  } else if (file.path.empty()) {
    bytes = RandomModule(random);
  } else {
    bytes =
        file.is_container ? MutateContainer(random, file.bytes) : MutateModule(random, file.bytes);
  }
  bytes.shrink_to_fit();
  if (!keep.empty()) {
    std::ofstream(keep, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }
  return file.is_container ? TryContainer(bytes) : TryModule(random, bytes);
}

// Shared by the parent and the process that runs a share of the cases.
struct Progress {
  std::atomic<std::uint64_t> current;
  std::atomic<std::uint64_t> accepted;
};

struct Share {
  Progress* progress;
  pid_t process = 0;
};

void StartShare(Share& share, const File& file, std::uint64_t seed, std::uint64_t end,
                std::uint64_t step) {
  std::fflush(stdout);
  share.process = ::fork();
  if (share.process != 0) return;
  std::uint64_t number = share.progress->current;
  for (; number < end; number += step) {
    share.progress->current = number;
    ::alarm(kSecondsPerCase);
    if (RunCase(file, seed, number, {})) ++share.progress->accepted;
  }
  share.progress->current = number;
  std::fflush(stdout);
  ::_exit(0);
}

// Returns how many cases failed.
std::uint64_t RunFile(const File& file, std::uint64_t seed, std::uint64_t count, std::uint64_t jobs,
                      std::uint64_t* ran) {
  const std::string name = file.path.empty() ? "random modules" : file.path;
  const std::uint64_t end = file.prefixes() + count;
  auto* const progress = static_cast<Progress*>(::mmap(
      nullptr, jobs * sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  std::vector<Share> shares(jobs);
  for (std::uint64_t i = 0; i < jobs; ++i) {
    shares[i].progress = new (progress + i) Progress{{i}, {0}};
    StartShare(shares[i], file, seed, end, jobs);
  }
  std::uint64_t failed = 0;
  for (std::uint64_t running = jobs; running > 0;) {
    int status = 0;
    const pid_t process = ::wait(&status);
    const auto share = std::find_if(shares.begin(), shares.end(),
                                    [process](const Share& one) { return one.process == process; });
    if (share == shares.end()) continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
      --running;
      continue;
    }
    ++failed;
    const std::uint64_t number = share->progress->current;
    std::printf("FAILED: %s: case %llu: %s (again: --seed=%llu --case=%llu)\n", name.c_str(),
                static_cast<unsigned long long>(number),
                WIFSIGNALED(status) ? ::strsignal(WTERMSIG(status)) : "the process ended",
                static_cast<unsigned long long>(seed), static_cast<unsigned long long>(number));
    share->progress->current = number + jobs;
    StartShare(*share, file, seed, end, jobs);
  }
  std::uint64_t accepted = 0;
  for (const Share& share : shares) accepted += share.progress->accepted;
  ::munmap(progress, jobs * sizeof(Progress));
  std::printf("%s: %llu prefixes and %llu cases, %llu accepted, %llu failed\n", name.c_str(),
              static_cast<unsigned long long>(file.prefixes()),
              static_cast<unsigned long long>(count), static_cast<unsigned long long>(accepted),
              static_cast<unsigned long long>(failed));
  *ran += end;
  return failed;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Feeds broken .wasm and .aot files to the readers.");
  std::uint64_t count = 1000, seed = 1, jobs = 1, single = ~std::uint64_t{0};
  std::string keep;
  std::vector<std::string> paths;
  app.add_option("--count", count, "Mutations of each file");
  app.add_option("--seed", seed, "Another one makes other mutations");
  app.add_option("--jobs", jobs, "Processes at a time")->check(CLI::PositiveNumber);
  app.add_option("--case", single, "Run only this case of the one file, in this process");
  app.add_option("--keep", keep, "Write that case's bytes to this file");
  app.add_option("files", paths, ".wasm and .aot files; none: random modules");
  CLI11_PARSE(app, argc, argv);

  std::vector<File> files;
  for (const std::string& path : paths) {
    std::ifstream stream(path, std::ios::binary);
    File file{path, path.ends_with(".aot"), {std::istreambuf_iterator<char>(stream), {}}};
    if (file.bytes.size() < container::kSectionTableOffset) {
      std::fprintf(stderr, "malformed-inputs: %s: cannot be read\n", path.c_str());
      return 2;
    }
    files.push_back(std::move(file));
  }
  if (files.empty()) files.push_back({"", false, {}});
  if (single != ~std::uint64_t{0}) {
    std::printf("%s\n", RunCase(files[0], seed, single, keep) ? "accepted" : "refused");
    return 0;
  }
  std::uint64_t failed = 0, ran = 0;
  for (const File& file : files) failed += RunFile(file, seed, count, jobs, &ran);
  std::printf("%llu passed, %llu failed, 0 skipped\n",
              static_cast<unsigned long long>(ran - failed),
              static_cast<unsigned long long>(failed));
  return failed != 0 ? 1 : 0;
}
