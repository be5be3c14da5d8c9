// From wasm bytes to container bytes: the whole compiler behind one function.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "compiler/optimize/pass_options.h"
#include "compiler/time_report.h"
#include "format/result.h"

namespace tenon::compiler {

enum class BoundsChecksOption : std::uint8_t { kGuard, kExplicit, kBoth };
enum class OutputFormat : std::uint8_t {
  kContainer,
  kObject,
  kLlvmIr,             // what code is generated from
  kUnoptimizedLlvmIr,  // what lowering made
};

// One machine to compile for.
struct TargetOption {
  std::string target;        // wamrc's name or an LLVM triple; empty: this machine's architecture
  std::string cpu;           // empty: the target's portable level; "native": this machine
  std::string cpu_features;  // LLVM's "+a,-b"
};

struct Options {
  // Each becomes a variant of the code (per bounds-check mode), in this order.
  std::vector<TargetOption> targets = {TargetOption{}};
  // 0 (compiles fastest) to 3, which tries what pays in few programs.
  int opt_level = 2;
  BoundsChecksOption bounds_checks = BoundsChecksOption::kBoth;
  // Features of WebAssembly (bits by format/tables/wasm_features.def) that a module may not use.
  std::uint64_t disabled_features = 0;
  OutputFormat format = OutputFormat::kContainer;
  unsigned jobs = 0;  // threads; 0: one per core. Never changes the output
  // Told how many of how many steps are done, from any thread, one call at a time.
  std::function<void(std::size_t done, std::size_t total)> progress;
  PassOptions passes;
  TimeReport* time_report = nullptr;  // if there is one, told where time goes
};

// Version of the compiler and of LLVM, one line.
std::string VersionText();

// Reads, validates, compiles and links `wasm`. Thread safe; the same input and options give
// the same bytes. For OutputFormat::kObject and the IR formats the result is the (first) variant's
// relocatable object or textual IR.
Result<std::vector<std::uint8_t>> CompileToContainer(std::span<const std::uint8_t> wasm,
                                                     const Options& options);

// The passes between lowering and code generation in their order, for each variant that the options
// name, as text.
Result<std::string> DescribePasses(const Options& options);

}  // namespace tenon::compiler
