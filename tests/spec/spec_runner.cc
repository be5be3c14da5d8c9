// The program spec-runner: runs scripts of the WebAssembly spec suite and counts their assertions.
//
// Each script runs in a process of its own, so that a crash or a hang costs that script's
// remaining assertions and no others. The list of expected failures has lines of
//   SCRIPT<tab>FEATURE          the whole script waits for FEATURE and is skipped
//   SCRIPT:LINE<tab>FEATURE     this command does; the lines of one script wait for one feature
// Lines "SKIPPED ..." at the end say what was skipped, and why.
// For other machines it compiles on this one (--compile-to, with the target's --target) and runs
// there, or under an emulator, a build of itself that needs no compiler (--compiled).
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "tests/spec/script.h"

namespace {

using tenon::container::BoundsChecks;
using tenon::spec::Counts;
using tenon::spec::ScriptOptions;

struct ExpectedFailures {
  std::map<std::string, std::string> scripts;
  std::map<std::string, std::map<unsigned, std::string>> lines;
};

bool ReadExpectedFailures(const std::string& path, ExpectedFailures& expected) {
  std::ifstream stream(path);
  if (!stream) return false;
  std::string line;
  while (std::getline(stream, line)) {
    const std::size_t tab = line.find('\t');
    if (line.starts_with('#') || tab == std::string::npos) continue;
    const std::string script = line.substr(0, tab);
    const std::string feature = line.substr(tab + 1);
    const std::size_t colon = script.find(':');
    if (colon == std::string::npos) {
      expected.scripts[script] = feature;
    } else {
      const auto number = static_cast<unsigned>(std::stoul(script.substr(colon + 1)));
      expected.lines[script.substr(0, colon)][number] = feature;
    }
  }
  return true;
}

// Directories stand for the scripts in them.
std::vector<std::string> FindScripts(const std::vector<std::string>& arguments) {
  std::vector<std::string> scripts;
  for (const std::string& argument : arguments) {
    if (!std::filesystem::is_directory(argument)) {
      scripts.push_back(argument);
      continue;
    }
    const std::size_t first = scripts.size();
    for (const auto& entry : std::filesystem::directory_iterator(argument)) {
      if (entry.path().extension() == ".json") scripts.push_back(entry.path());
    }
    std::sort(scripts.begin() + static_cast<std::ptrdiff_t>(first), scripts.end());
  }
  return scripts;
}

// Waits for one of the running scripts and prints its line (`quiet`: if something failed).
void WaitForOne(std::map<pid_t, std::size_t>& running, const std::vector<std::string>& scripts,
                Counts* counts, bool quiet) {
  int status = 0;
  const pid_t process = ::wait(&status);
  const auto found = running.find(process);
  if (found == running.end()) return;
  const std::string& path = scripts[found->second];
  const std::string name = std::filesystem::path(path).stem();
  Counts& own = counts[found->second];
  running.erase(found);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    const unsigned total = tenon::spec::CountAssertions(path);
    const unsigned done = own.passed + own.failed + own.skipped;
    own.failed += std::max(total > done ? total - done : 0, 1u);
    if (WIFSIGNALED(status)) {
      std::printf("%s: died after %u assertions: %s\n", name.c_str(), done,
                  ::strsignal(WTERMSIG(status)));
    } else {
      std::printf("%s: exit status %d after %u assertions\n", name.c_str(), WEXITSTATUS(status),
                  done);
    }
  }
  if (!quiet || own.failed != 0) {
    std::printf("%-28s %u passed, %u failed, %u skipped\n", name.c_str(), own.passed, own.failed,
                own.skipped);
  }
  std::fflush(stdout);
}

// What the skipped assertions of a script wait for, which is not all text.
std::string FeatureOf(const ExpectedFailures& expected, const std::string& script) {
  if (const auto whole = expected.scripts.find(script); whole != expected.scripts.end()) {
    return whole->second;
  }
  const auto lines = expected.lines.find(script);
  return lines == expected.lines.end() ? "nothing" : lines->second.begin()->second;
}

void PrintSkipped(const std::vector<std::string>& scripts, const Counts* counts,
                  const ExpectedFailures& expected) {
  unsigned text = 0;
  std::map<std::string, unsigned> waiting;
  for (std::size_t i = 0; i < scripts.size(); ++i) {
    text += counts[i].text;
    const unsigned others = counts[i].skipped - counts[i].text;
    if (others != 0)
      waiting[FeatureOf(expected, std::filesystem::path(scripts[i]).stem())] += others;
  }
  for (const auto& [feature, count] : waiting) {
    std::printf("SKIPPED %u assertions of the spec suite: they wait for %s\n", count,
                feature.c_str());
  }
  if (text != 0) {
    std::printf("SKIPPED %u assertions of the spec suite: only a parser of text can decide them\n",
                text);
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Runs scripts of the WebAssembly spec suite (JSON beside .wasm files).");
  ScriptOptions options;
  std::string mode = "guard";
  BoundsChecks bounds_checks = BoundsChecks::kGuard;
  std::string expected_path;
  std::string compile_to;
  std::string compiled;
  std::vector<std::string> arguments;
  std::size_t jobs = 1;
  bool quiet = false;
  app.add_option("--bounds-checks", mode, "How memory accesses are checked")
      ->check(CLI::IsMember({"guard", "explicit"}));
  options.modules = tenon::spec::AddCompiler(app, bounds_checks);
  app.add_option("--compile-to", compile_to, "Only compile, into this directory");
  app.add_option("--compiled", compiled, "Take modules that --compile-to has put there");
  app.add_option("--expected-failures", expected_path, "Scripts and lines that are known to fail");
  app.add_option("--jobs", jobs, "Scripts at a time")->check(CLI::PositiveNumber);
  app.add_flag("--quiet", quiet, "Name only scripts in which something failed");
  app.add_option("scripts", arguments, "Scripts, or directories of them")->required();
  CLI11_PARSE(app, argc, argv);

  bounds_checks = mode == "guard" ? BoundsChecks::kGuard : BoundsChecks::kExplicit;
  options.bounds_checks = bounds_checks;
  if (!compiled.empty()) options.modules = tenon::spec::StoredModules(compiled);
  if (!compile_to.empty()) {
    std::filesystem::create_directories(compile_to);
    options.modules = tenon::spec::StoreModules(compile_to, std::move(options.modules));
  }
  ExpectedFailures expected;
  if (!expected_path.empty() && !ReadExpectedFailures(expected_path, expected)) {
    std::fprintf(stderr, "spec-runner: cannot read %s\n", expected_path.c_str());
    return 2;
  }
  const std::vector<std::string> scripts = FindScripts(arguments);
  if (scripts.empty()) {
    std::fprintf(stderr, "spec-runner: no scripts found\n");
    return 2;
  }

  // Shared with the scripts' processes, so that what they counted outlives them.
  void* shared = ::mmap(nullptr, scripts.size() * sizeof(Counts), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) {
    std::perror("spec-runner: mmap");
    return 2;
  }
  auto* counts = static_cast<Counts*>(shared);
  std::map<pid_t, std::size_t> running;
  for (std::size_t i = 0; i < scripts.size(); ++i) {
    const std::string name = std::filesystem::path(scripts[i]).stem();
    if (const auto found = expected.scripts.find(name); found != expected.scripts.end()) {
      counts[i].skipped = tenon::spec::CountAssertions(scripts[i]);
      if (!quiet) {
        std::printf("%-28s %u skipped: waits for %s\n", name.c_str(), counts[i].skipped,
                    found->second.c_str());
      }
      continue;
    }
    if (running.size() == jobs) WaitForOne(running, scripts, counts, quiet);
    std::fflush(stdout);
    const pid_t process = ::fork();
    if (process < 0) {
      std::perror("spec-runner: fork");
      return 2;
    }
    if (process == 0) {
      options.expected_failures = expected.lines[name];
      if (compile_to.empty())
        tenon::spec::RunScript(scripts[i], options, &counts[i]);
      else if (!tenon::spec::CompileScript(scripts[i], options, &counts[i].passed))
        counts[i].failed = 1;
      std::fflush(stdout);
      ::_exit(0);
    }
    running[process] = i;
  }
  while (!running.empty()) WaitForOne(running, scripts, counts, quiet);

  Counts total{};
  for (std::size_t i = 0; i < scripts.size(); ++i) {
    total.passed += counts[i].passed;
    total.failed += counts[i].failed;
    total.skipped += counts[i].skipped;
  }
  if (compile_to.empty()) {
    PrintSkipped(scripts, counts, expected);
    std::printf("%u passed, %u failed, %u skipped\n", total.passed, total.failed, total.skipped);
  } else {
    std::printf("%u modules compiled\n", total.passed);
  }
  return total.failed == 0 ? 0 : 1;
}
