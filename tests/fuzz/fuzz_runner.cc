// The program fuzz-runner: compiles modules in process, calls all their exported functions and
// prints what came of it, one line a call, for comparison with another engine (compare.mjs).
//
// Each module runs in a process of its own, so that a crash or a hang is that module's outcome.
// Lines: "module PATH"; "call NAME PARAMETERS", what the module logs meanwhile as "log VALUE", and
// "result OUTCOME"; "memory NAME = HASH"; "end".
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "compiler/pipeline.h"
#include "loader/mapped_module.h"
#include "runtime/instance/instance.h"

namespace {

using namespace tenon;           // NOLINT: a program
using namespace tenon::runtime;  // NOLINT

constexpr unsigned kSecondsPerModule = 30;

std::vector<std::uint8_t> ReadFile(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// Values that are likely to meet corner cases, by turns.
void FillArgument(ValueType type, unsigned turn, std::uint64_t* cells) {
  static constexpr std::uint64_t kIntegers[] = {0, 1, ~std::uint64_t{0}, 0x8000'0000'8000'0000, 7};
  static constexpr std::uint32_t kFloats[] = {0, 0x3F80'0000, 0xC2F7'0000, 0x7F80'0000,
                                              0x4F00'0000};
  static constexpr std::uint64_t kDoubles[] = {0, 0x3FF0'0000'0000'0000, 0xC05E'DD2F'1A9F'BE77,
                                               0x7FF0'0000'0000'0000, 0x43E0'0000'0000'0000};
  switch (type) {
    case ValueType::kI32: cells[0] = kIntegers[turn % 5] & 0xFFFF'FFFF; break;
    case ValueType::kI64: cells[0] = kIntegers[turn % 5]; break;
    case ValueType::kF32: cells[0] = kFloats[turn % 5]; break;
    case ValueType::kF64: cells[0] = kDoubles[turn % 5]; break;
    default: cells[0] = cells[1] = 0; break;  // null
  }
}

bool CanPass(ValueType type) {
  return type != ValueType::kV128 && (!IsReference(type) || IsNullable(type)) &&
         type != ValueType::kExnRef && type != ValueType::kNullExnRef;
}

void PrintValue(ValueType type, const std::uint64_t* cells) {
  switch (type) {
    case ValueType::kI32:
      std::printf(" i32:%" PRIu32, static_cast<std::uint32_t>(cells[0]));
      return;
    case ValueType::kI64: std::printf(" i64:%" PRIu64, cells[0]); return;
    // Which NaN it is may differ (core specification, section 4.3.3).
    case ValueType::kF32: {
      const auto bits = static_cast<std::uint32_t>(cells[0]);
      if ((bits & 0x7FFF'FFFF) > 0x7F80'0000) {
        std::printf(" f32:nan");
      } else {
        std::printf(" f32:%" PRIu32, bits);
      }
      return;
    }
    case ValueType::kF64:
      if ((cells[0] & 0x7FFF'FFFF'FFFF'FFFF) > 0x7FF0'0000'0000'0000) {
        std::printf(" f64:nan");
      } else {
        std::printf(" f64:%" PRIu64, cells[0]);
      }
      return;
    case ValueType::kV128: std::printf(" v128:%" PRIu64 ":%" PRIu64, cells[0], cells[1]); return;
    default: std::printf(cells[0] == 0 ? " ref:null" : " ref:other"); return;
  }
}

// The functions that binaryen's modules import: they print what they are given.
template <ValueType kType, typename Value>
void Log(void*, Value value) {
  std::uint64_t cells[2] = {};
  std::memcpy(cells, &value, sizeof value);
  std::printf("log");
  PrintValue(kType, cells);
  std::printf("\n");
}

using Vector = std::uint64_t __attribute__((vector_size(16)));

bool ResolveLog(std::string_view name, Extern* result) {
  static constexpr ValueType kTypes[] = {ValueType::kI32, ValueType::kI64, ValueType::kF32,
                                         ValueType::kF64, ValueType::kV128};
  static const struct {
    std::string_view name;
    const void* native;
  } functions[] = {
      {"log-i32", reinterpret_cast<const void*>(&Log<ValueType::kI32, std::uint32_t>)},
      {"log-i64", reinterpret_cast<const void*>(&Log<ValueType::kI64, std::uint64_t>)},
      {"log-f32", reinterpret_cast<const void*>(&Log<ValueType::kF32, float>)},
      {"log-f64", reinterpret_cast<const void*>(&Log<ValueType::kF64, double>)},
      {"log-v128", reinterpret_cast<const void*>(&Log<ValueType::kV128, Vector>)},
  };
  for (std::size_t i = 0; i < std::size(functions); ++i) {
    if (functions[i].name != name) continue;
    result->kind = ExternKind::kFunction;
    result->native = functions[i].native;
    result->signature.parameters = {&kTypes[i], 1};
    result->signature.key = abi::TypeKey(&kTypes[i], 1, nullptr, 0);
    return true;
  }
  return false;
}

void CallExport(Instance* instance, abi::ExecutionEnvironment* environment, std::string_view name,
                unsigned turn) {
  Extern found;
  if (!FindExport(instance, name, &found) || found.function == nullptr) return;
  const auto parameters = found.signature.parameters;
  const auto results = found.signature.results;
  if (!std::all_of(parameters.begin(), parameters.end(), CanPass) ||
      !std::all_of(results.begin(), results.end(),
                   [](ValueType type) { return CanPass(type) || IsReference(type); })) {
    return;
  }
  std::vector<std::uint64_t> values(2 *
                                    std::max({parameters.size(), results.size(), std::size_t{1}}));
  std::printf("call %.*s", static_cast<int>(name.size()), name.data());
  std::uint64_t* cell = values.data();
  for (std::size_t i = 0; i < parameters.size(); cell += abi::CellsOf(parameters[i]), ++i) {
    FillArgument(parameters[i], turn + static_cast<unsigned>(i), cell);
    PrintValue(parameters[i], cell);
  }
  std::printf("\n");
  std::fflush(stdout);
  const CallOutcome outcome = Call(environment, found.function, values.data());
  std::printf("result");
  if (outcome.trap != abi::TrapKind::kNone) {
    std::printf(" trap: %s\n", abi::TrapSentence(outcome.trap));
    return;
  }
  cell = values.data();
  for (const ValueType result : results) {
    PrintValue(result, cell);
    cell += abi::CellsOf(result);
  }
  std::printf("\n");
}

// FNV-1a over 32-bit words.
std::uint32_t Hash(const abi::MemoryInstance& memory) {
  std::uint32_t hash = 2166136261U;
  for (std::uint64_t i = 0; i + 4 <= memory.size_bytes; i += 4) {
    std::uint32_t word;
    std::memcpy(&word, memory.base + i, 4);
    hash = (hash ^ word) * 16777619U;
  }
  return hash;
}

// Imported globals are zero or null; compare.mjs supplies the same.
bool ResolveImport(void*, const container::ImportEntry& import, std::string_view,
                   std::string_view name, Extern* result) {
  if (import.kind == ExternKind::kFunction) return ResolveLog(name, result);
  alignas(16) static std::uint64_t zeros[1024][2];
  static unsigned used = 0;
  if (import.kind != ExternKind::kGlobal || used == 1024) return false;
  result->kind = import.kind;
  result->global = zeros[used++];
  result->type = static_cast<ValueType>(import.type);
  result->is_mutable = import.is_mutable != 0;
  return !IsReference(result->type) || IsNullable(result->type);
}

void RunModule(const std::string& path, const compiler::Options& options,
               container::BoundsChecks mode) {
  ::alarm(kSecondsPerModule);
  const std::vector<std::uint8_t> wasm = ReadFile(path);
  const auto file = compiler::CompileToContainer(wasm, options);
  if (!file.ok()) {
    std::printf("refused: %s\n", file.error().text());
    return;
  }
  loader::OpenOptions open;
  open.bounds_checks = mode;
  auto module = loader::MappedModule::OpenBuffer(*file, open);
  if (!module.ok()) {
    std::printf("not loaded: %s\n", module.error().text());
    return;
  }
  abi::TrapKind trap = abi::TrapKind::kNone;
  InstantiateOptions instantiate;
  instantiate.unknown_function_imports_trap = true;
  const auto instance = Instantiate(**module, {&ResolveImport, nullptr}, instantiate, &trap);
  const auto environment = CreateExecutionEnvironment({});
  if (!instance.ok() || !environment.ok()) {
    std::printf("not instantiated: %s\n",
                instance.ok() ? environment.error().text() : instance.error().text());
    return;
  }
  if (trap == abi::TrapKind::kNone) {
    if (const abi::FuncRef* start = StartFunction(*instance)) {
      std::fflush(stdout);
      std::uint64_t none[1] = {};
      trap = Call(*environment, start, none).trap;
    }
  }
  if (trap != abi::TrapKind::kNone) {
    std::printf("start trap: %s\n", abi::TrapSentence(trap));
    return;
  }
  const container::View& view = (*module)->view();
  const auto exports = view.Section<container::ExportEntry>(container::SectionId::kExports);
  for (unsigned i = 0; i < exports.size(); ++i) {
    if (exports[i].kind == ExternKind::kFunction)
      CallExport(*instance, *environment, view.String(exports[i].name), i);
  }
  for (const container::ExportEntry& entry : exports) {
    if (entry.kind != ExternKind::kMemory) continue;
    Extern found;
    const std::string_view name = view.String(entry.name);
    if (FindExport(*instance, name, &found)) {
      std::printf("memory %.*s = %" PRIu64 " %" PRIu32 "\n", static_cast<int>(name.size()),
                  name.data(), found.memory->size_bytes, Hash(*found.memory));
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Compiles modules, calls their exports and prints the outcomes.");
  compiler::Options options;
  options.jobs = 1;
  options.opt_level = 2;
  std::string mode = "guard";
  std::vector<std::string> paths;
  app.add_option("--opt-level", options.opt_level, "0 to 3")->check(CLI::Range(0, 3));
  app.add_option("--cpu", options.targets[0].cpu, "CPU to compile for");
  app.add_option("--bounds-checks", mode, "guard or explicit")
      ->check(CLI::IsMember({"guard", "explicit"}));
  app.add_option("modules", paths, "WebAssembly modules")->required();
  CLI11_PARSE(app, argc, argv);
  const bool guard = mode == "guard";
  options.bounds_checks =
      guard ? compiler::BoundsChecksOption::kGuard : compiler::BoundsChecksOption::kExplicit;
  for (const std::string& path : paths) {
    std::printf("module %s\n", path.c_str());
    std::fflush(stdout);
    const pid_t process = ::fork();
    if (process < 0) return 1;
    if (process == 0) {
      RunModule(path, options,
                guard ? container::BoundsChecks::kGuard : container::BoundsChecks::kExplicit);
      std::fflush(stdout);
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(process, &status, 0);
    if (WIFSIGNALED(status)) std::printf("\ndied: %s\n", ::strsignal(WTERMSIG(status)));
    std::printf("end\n");
  }
  return 0;
}
