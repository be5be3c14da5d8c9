// The program tenonc: a command line around CompileToContainer.
#include <llvm/Support/ErrorHandling.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/feature_options.h"
#include "compiler/pipeline.h"
#include "compiler/target/target.h"
#include "compiler/thin.h"

namespace {

using tenon::compiler::BoundsChecksOption;
using tenon::compiler::Options;
using tenon::compiler::OutputFormat;
using tenon::compiler::TargetOption;

bool ReadFile(const std::string& path, std::vector<std::uint8_t>& bytes) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return false;
  bytes.assign(std::istreambuf_iterator<char>(stream), {});
  return !stream.bad();
}

// Written beside the target and renamed, so that a failure never leaves half a file.
bool WriteFile(const std::string& path, const std::vector<std::uint8_t>& bytes) {
  const std::string temporary = path + ".tmp" + std::to_string(::getpid());
  std::ofstream stream(temporary, std::ios::binary | std::ios::trunc);
  stream.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  stream.close();
  if (stream.fail() || std::rename(temporary.c_str(), path.c_str()) != 0) {
    std::remove(temporary.c_str());
    return false;
  }
  return true;
}

// Draws a bar on a terminal once the work takes longer than a second.
class ProgressBar {
 public:
  void Update(std::size_t done, std::size_t total) {
    if (std::chrono::steady_clock::now() - start_ < std::chrono::seconds(1)) return;
    constexpr std::size_t kWidth = 40;
    const std::size_t filled = done * kWidth / total;
    std::fprintf(stderr, "\r[%s%s] %zu/%zu", std::string(filled, '#').c_str(),
                 std::string(kWidth - filled, ' ').c_str(), done, total);
    drawn_ = true;
  }
  ~ProgressBar() {
    if (drawn_) std::fprintf(stderr, "\r%60s\r", "");
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  bool drawn_ = false;
};

int Finish(const std::string& input, const std::string& output,
           const tenon::Result<std::vector<std::uint8_t>>& result) {
  if (!result.ok()) {
    std::fprintf(stderr, "tenonc: %s: %s\n", input.c_str(), result.error().text());
    return 1;
  }
  if (!WriteFile(output, *result)) {
    std::fprintf(stderr, "tenonc: cannot write %s\n", output.c_str());
    return 1;
  }
  return 0;
}

// The options that say what to compile for, in the order in which they stand: a --cpu belongs to
// the
// --target before it, --cpu-features to the --cpu before them; what stands before any target
// belongs to the first.
class TargetOptions {
 public:
  explicit TargetOptions(CLI::App& app) : app_(app) {
    const auto add = [&](const char* name, const char* help, const char* value) {
      return app.add_option(name, values_[name], help)->allow_extra_args(false)->type_name(value);
    };
    target_ =
        add("--target",
            "Machine to compile for; \"help\" lists them. Given several times, with the --cpu "
            "options that follow each, the file carries code for all",
            "NAME")
            ->default_str("this machine's");
    cpu_ = add("--cpu",
               "Oldest CPU the code must run on; \"native\" is this machine, \"help\" lists more. "
               "Given several times, the file carries code for each and the loader takes the best",
               "NAME");
    features_ = add("--cpu-features", "CPU features to add or leave out: +avx2,-bmi2", "LIST");
  }

  bool wants_help(const char* name) const {
    const auto& values = values_.at(name);
    return std::find(values.begin(), values.end(), "help") != values.end();
  }
  const std::vector<std::string>& names() const { return values_.at("--target"); }
  bool empty() const { return app_.parse_order().empty() || Given().empty(); }

  // What was asked for, at least one target.
  std::vector<TargetOption> Collect() const {
    std::vector<TargetOption> targets = Given();
    if (targets.empty()) targets.emplace_back();
    return targets;
  }

 private:
  struct Group {
    std::optional<std::string> target;
    std::vector<TargetOption> cpus;
  };

  std::vector<TargetOption> Given() const {
    std::vector<Group> groups(1);
    std::map<const CLI::Option*, std::size_t> seen;
    for (const CLI::Option* option : app_.parse_order()) {
      if (option != target_ && option != cpu_ && option != features_) continue;
      const std::string value = option->results()[seen[option]++];
      if (option == target_) {
        if (groups.back().target) groups.emplace_back();
        groups.back().target = value;
        continue;
      }
      std::vector<TargetOption>& cpus = groups.back().cpus;
      if (cpus.empty() || (option == cpu_ && !cpus.back().cpu.empty())) cpus.emplace_back();
      std::string& text = option == cpu_ ? cpus.back().cpu : cpus.back().cpu_features;
      if (!text.empty()) text += ',';
      text += value;
    }
    std::vector<TargetOption> targets;
    for (Group& group : groups) {
      if (group.target && group.cpus.empty()) group.cpus.emplace_back();
      for (TargetOption& option : group.cpus) {
        if (group.target) option.target = *group.target;
        targets.push_back(option);
      }
    }
    return targets;
  }

  CLI::App& app_;
  std::map<std::string, std::vector<std::string>> values_;
  CLI::Option* target_;
  CLI::Option* cpu_;
  CLI::Option* features_;
};

int Run(int argc, char** argv) {
  CLI::App app(
      "tenonc compiles a WebAssembly module to native code in a .aot file, which `tenon` runs.",
      "tenonc");
  app.get_formatter()->column_width(34);
  Options options;
  std::string input;
  std::string output;
  app.add_option("IN.wasm", input, "The module to compile")->type_name("");
  app.add_option("-o", output, "Where the result goes")->type_name("OUT.aot");
  TargetOptions targets(app);
  app.add_option("--opt-level", options.opt_level,
                 "0 (compiles fastest) to 3, which takes about twice as long as 2 and tries what "
                 "pays in few programs")
      ->check(CLI::Range(0, 3).description(""))
      ->default_str("2")
      ->type_name("0|1|2|3");
  app.add_option(
         "--bounds-checks", options.bounds_checks,
         "guard: the MMU checks memory accesses; explicit: the code does (needed where memory "
         "lies in a pool); both: the file has both")
      ->transform(CLI::CheckedTransformer(std::map<std::string, BoundsChecksOption>{
                                              {"guard", BoundsChecksOption::kGuard},
                                              {"explicit", BoundsChecksOption::kExplicit},
                                              {"both", BoundsChecksOption::kBoth}})
                      .description(""))
      ->default_str("both")
      ->type_name("guard|explicit|both");
  bool exact_order = false;
  app.add_flag("--exact-order", exact_order,
               "Accepted for older builds: a trap always finds exactly the stores before it");
  app.add_option("--format", options.format, "What to write")
      ->transform(CLI::CheckedTransformer(std::map<std::string, OutputFormat>{
                                              {"aot", OutputFormat::kContainer},
                                              {"object", OutputFormat::kObject},
                                              {"llvmir", OutputFormat::kLlvmIr},
                                              {"llvmir-unopt", OutputFormat::kUnoptimizedLlvmIr}})
                      .description(""))
      ->default_str("aot")
      ->type_name("aot|object|llvmir|llvmir-unopt");
  app.add_option("--jobs,-j", options.jobs,
                 "Threads; 0 is one per core. The output is the same for any")
      ->default_str("0")
      ->type_name("N");
  bool report_time = false;
  app.add_flag("--time-report", report_time,
               "Print a table of where the time went, by stage and pass, in seconds of CPU time");
  bool print_passes = false;
  app.add_flag(
      "--print-passes", print_passes,
      "Print the order of all passes at --opt-level, Tenon's and LLVM's, and compile nothing");
  app.add_option("--disable-pass", options.passes.disabled,
                 "Leave out a pass of Tenon's; may be given several times")
      ->allow_extra_args(false)
      ->type_name("NAME");
  app.add_option("--print-after", options.passes.printed_after,
                 "Print LLVM IR to standard error after each run of a pass; may be given several "
                 "times")
      ->allow_extra_args(false)
      ->type_name("NAME");
  bool thin = false;
  app.add_flag("--thin", thin,
               "Compile nothing: IN is a .aot file, and OUT gets those of its variants that "
               "--target, --cpu and --bounds-checks name");
  tenon::compiler::AddFeatureOptions(app, options.disabled_features);
  app.set_version_flag("--version", tenon::compiler::VersionText());
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return std::string("tenonc: ") + error.what() + " (--help explains the options)\n";
  });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (targets.wants_help("--target")) {
    std::fputs(tenon::compiler::TargetHelp().c_str(), stdout);
    return 0;
  }
  if (targets.wants_help("--cpu")) {
    const auto text = tenon::compiler::CpuHelp(targets.names());
    if (!text.ok()) return std::fprintf(stderr, "tenonc: %s\n", text.error().text()), 2;
    std::fputs(text->c_str(), stdout);
    return 0;
  }
  if (print_passes) {
    options.targets = targets.Collect();
    const auto text = tenon::compiler::DescribePasses(options);
    if (!text.ok()) return std::fprintf(stderr, "tenonc: %s\n", text.error().text()), 2;
    std::fputs(text->c_str(), stdout);
    return 0;
  }
  if (input.empty() || output.empty()) {
    std::fprintf(stderr, "tenonc: %s is missing: tenonc IN.wasm -o OUT.aot\n",
                 input.empty() ? "the input file" : "-o OUT.aot");
    return 2;
  }

  std::vector<std::uint8_t> wasm;
  if (!ReadFile(input, wasm)) {
    std::fprintf(stderr, "tenonc: cannot read %s\n", input.c_str());
    return 1;
  }
  if (thin) {
    std::vector<TargetOption> wanted;
    if (!targets.empty()) wanted = targets.Collect();
    const auto result = tenon::compiler::ThinContainer(wasm, wanted, options.bounds_checks);
    return Finish(input, output, result);
  }
  options.targets = targets.Collect();
  ProgressBar bar;
  if (::isatty(2) != 0) {
    options.progress = [&bar](std::size_t done, std::size_t total) { bar.Update(done, total); };
  }
  tenon::compiler::TimeReport times;
  if (report_time) options.time_report = &times;
  const auto result = tenon::compiler::CompileToContainer(wasm, options);
  const int status = Finish(input, output, result);
  if (report_time) std::fputs(times.Text().c_str(), stdout);
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  // What LLVM finds impossible ends the program, with its sentence and without a core dump.
  llvm::install_fatal_error_handler([](void*, const char* reason, bool) {
    const int length = static_cast<int>(std::strcspn(reason, "\n"));
    std::fprintf(stderr, "tenonc: LLVM cannot generate this code: %.*s\n", length, reason);
    ::_exit(1);
  });
  return Run(argc, argv);
}
