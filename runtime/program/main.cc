// The program `tenon`: runs the WASI command in an .aot file, calls one of its
// exports, or prints what is in it. `kHelp` says how it is used.
//
// Exit status: the program's own; 2 for a wrong command line, 125 for a file that cannot be run,
// 134 after a trap (as a shell reports abort()). Start-up time counts: no
// iostream, and the command line is parsed by hand.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

#include "format/visible_text.h"
#include "loader/mapped_module.h"
#include "runtime/execute/execution_environment.h"
#include "runtime/instance/instance.h"
#include "runtime/memory/memory_report.h"
#include "runtime/program/inspect.h"
#include "runtime/wasi/wasi.h"

namespace tenon::runtime {
namespace {

constexpr int kExitUsage = 2;
constexpr int kExitBadFile = 125;
constexpr int kExitTrap = 134;

constexpr char kVersion[] = "tenon " TENON_VERSION "\n";
constexpr char kHelp[] =
    "Usage: tenon [OPTIONS] FILE.aot [ARGUMENTS...]\n"
    "       tenon inspect FILE.aot [--json]\n"
    "\n"
    "Runs a WebAssembly program that tenonc has compiled. Options stand before\n"
    "FILE.aot; everything after it goes to the program unchanged. The program sees\n"
    "standard input, output and error, and only the files and variables given to it.\n"
    "\n"
    "Options:\n"
    "  --dir=HOST[::GUEST]     Let the program use the directory HOST, under the\n"
    "                          name GUEST (default: HOST). Repeatable.\n"
    "  --env=NAME=VALUE        Set an environment variable of the program. Repeatable.\n"
    "  --tcp-listen=ADDR:PORT  Listen on an address, such as 127.0.0.1:8080; the program\n"
    "                          finds the socket behind its directories. Repeatable.\n"
    "  --addr-pool=ADDR/BITS   Sockets have to do with these addresses only. Repeatable.\n"
    "  --trace-wasi            Print each call of a WASI function to standard error.\n"
    "  --invoke=NAME           Call the exported function NAME instead of _start; the\n"
    "                          ARGUMENTS are numbers, by its parameter types. Its\n"
    "                          results are printed one per line.\n"
    "  --unknown-imports-trap  Functions that the module imports and nobody has trap when\n"
    "                          they are called, instead of keeping it from running.\n"
    "  --bounds-checks=guard|explicit\n"
    "                          Use the code whose memory accesses are checked by guard\n"
    "                          pages, or by compare and branch. Default: guard if the\n"
    "                          file has it.\n"
    "  --memory-report[=json]  At the end, print to standard error what memory was used\n"
    "                          for what, and the most that ever was.\n"
    "  --stack-size=BYTES      Size of the program's call stack. Default: 1048576.\n"
    "  --version               Print the version and exit.\n"
    "  --help, -h              Print this and exit.\n"
    "\n"
    "tenon inspect prints the file's versions, code variants (and which of them this\n"
    "machine takes, and why), sections, imports and exports; with --json for other\n"
    "programs to read.\n"
    "\n"
    "Exit status: the program's own; 2: wrong command line; 125: the file cannot be\n"
    "run; 134: the program trapped.\n";

// What an option that can be repeated was given: at most one for each word of the command line.
template <typename T>
class Repeated {
 public:
  void Reserve(int words) { values_ = std::make_unique<T[]>(static_cast<std::size_t>(words)); }
  void Add(T value) { values_[size_++] = value; }
  std::span<const T> values() const { return {values_.get(), size_}; }

 private:
  std::unique_ptr<T[]> values_;
  std::size_t size_ = 0;
};

struct CommandLine {
  ReportForm report = ReportForm::kNone;
  Repeated<const char*> program_environment, listeners, address_pool;
  Repeated<wasi::Preopen> preopens;
  wasi::WasiOptions wasi;
  loader::OpenOptions open;
  InstantiateOptions instantiate;
  ExecutionEnvironmentOptions environment;
  const char* invoke = nullptr;
  const char* file = nullptr;
  std::span<const char* const> words;  // FILE.aot and what follows it
  const char* information = nullptr;   // --help or --version: what to print instead of running
};

// ---- Options: one row each, with the function that takes the value.

Status SetDirectory(CommandLine* line, char* value) {
  char* const separator = std::strstr(value, "::");
  if (separator == value || value[0] == '\0')
    return Error::Format("--dir needs a directory, as in --dir=HOST::GUEST.");
  if (separator != nullptr) *separator = '\0';  // the words are the program's own
  line->preopens.Add({value, separator != nullptr ? separator + 2 : value});
  return Status::Ok();
}

Status SetEnvironment(CommandLine* line, char* value) {
  if (std::strchr(value, '=') == nullptr || value[0] == '=') {
    return Error::Format("--env needs NAME=VALUE, not \"%s\".", value);
  }
  line->program_environment.Add(value);
  return Status::Ok();
}

Status SetListener(CommandLine* line, char* value) {
  line->listeners.Add(value);
  return Status::Ok();
}

Status SetAddressPool(CommandLine* line, char* value) {
  line->address_pool.Add(value);
  return Status::Ok();
}

// To standard error, unbuffered and in one piece, so that it stands between the program's output.
void WriteTrace(void*, const char* text, std::size_t length) {
  while (length > 0) {
    const ssize_t written = write(STDERR_FILENO, text, length);
    if (written < 0 && errno != EINTR) return;
    if (written > 0) {
      text += written;
      length -= static_cast<std::size_t>(written);
    }
  }
}

Status SetTrace(CommandLine* line, char*) {
  line->wasi.trace.write = WriteTrace;
  return Status::Ok();
}

Status SetInvoke(CommandLine* line, char* value) {
  line->invoke = value;
  return Status::Ok();
}

Status SetUnknownImportsTrap(CommandLine* line, char*) {
  line->instantiate.unknown_function_imports_trap = true;
  return Status::Ok();
}

Status SetBoundsChecks(CommandLine* line, char* value) {
  if (std::strcmp(value, "guard") == 0)
    line->open.bounds_checks = container::BoundsChecks::kGuard;
  else if (std::strcmp(value, "explicit") == 0)
    line->open.bounds_checks = container::BoundsChecks::kExplicit;
  else
    return Error::Format("--bounds-checks is guard or explicit, not \"%s\".", value);
  return Status::Ok();
}

Status SetStackSize(CommandLine* line, char* value) {
  char* end = nullptr;
  errno = 0;
  const unsigned long long bytes = std::strtoull(value, &end, 10);
  if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno != 0) {
    return Error::Format("--stack-size needs a number of bytes, not \"%s\".", value);
  }
  line->environment.stack_bytes = bytes;
  return Status::Ok();
}

// Null: the form without a value.
Status SetMemoryReport(CommandLine* line, char* value) {
  if (value != nullptr && std::strcmp(value, "json") != 0)
    return Error::Format("--memory-report is alone or =json, not \"%s\".", value);
  line->report = value == nullptr ? ReportForm::kText : ReportForm::kJson;
  return Status::Ok();
}

struct Option {
  std::string_view name;
  Status (*set)(CommandLine* line, char* value);
  enum { kValue, kNoValue, kOptionalValue } value = kValue;
};
constexpr Option kOptions[] = {
    {"--dir", SetDirectory},
    {"--env", SetEnvironment},
    {"--tcp-listen", SetListener},
    {"--addr-pool", SetAddressPool},
    {"--trace-wasi", SetTrace, Option::kNoValue},
    {"--memory-report", SetMemoryReport, Option::kOptionalValue},
    {"--invoke", SetInvoke},
    {"--unknown-imports-trap", SetUnknownImportsTrap, Option::kNoValue},
    {"--bounds-checks", SetBoundsChecks},
    {"--stack-size", SetStackSize},
};

const Option* FindOption(std::string_view name) {
  for (const Option& option : kOptions) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

// `count` arguments without the program's name. Values follow '=' or as the next argument.
Status Parse(int count, char** arguments, CommandLine* line) {
  line->preopens.Reserve(count);
  for (auto* list : {&line->program_environment, &line->listeners, &line->address_pool})
    list->Reserve(count);
  int i = 0;
  for (; i < count && arguments[i][0] == '-'; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--") {
      ++i;
      break;
    }
    const std::size_t equals = argument.find('=');
    const std::string_view name = argument.substr(0, equals);
    if (argument == "--help" || argument == "-h") line->information = kHelp;
    if (argument == "--version") line->information = kVersion;
    if (line->information != nullptr) return Status::Ok();
    const Option* option = FindOption(name);
    if (option == nullptr) return Error::Format("Unknown option \"%s\".", arguments[i]);
    if (option->value == Option::kNoValue ||
        (option->value == Option::kOptionalValue && equals == std::string_view::npos)) {
      if (equals != std::string_view::npos) {
        return Error::Format("%.*s takes no value.", static_cast<int>(name.size()), name.data());
      }
      TENON_TRY(option->set(line, nullptr));
      continue;
    }
    if (equals == std::string_view::npos && i + 1 == count) {
      return Error::Format("%s needs a value.", arguments[i]);
    }
    char* const value =
        equals != std::string_view::npos ? arguments[i] + equals + 1 : arguments[++i];
    TENON_TRY(option->set(line, value));
  }
  if (i >= count) return Error::Format("There is no FILE.aot to run.");
  line->file = arguments[i];
  line->words = {arguments + i, static_cast<std::size_t>(count - i)};
  return Status::Ok();
}

int UsageError(const char* sentence) {
  std::fprintf(stderr, "tenon: %s Try tenon --help.\n", sentence);
  return kExitUsage;
}

int FileError(const char* file, const char* sentence) {
  // The loader's sentences begin with the file's name already.
  const std::size_t length = std::strlen(file);
  const bool is_named = std::strncmp(sentence, file, length) == 0 && sentence[length] == ':';
  std::fprintf(stderr, "%s%s%s\n", is_named ? "" : file, is_named ? "" : ": ", sentence);
  return kExitBadFile;
}

// ---- Values of --invoke.

bool ParseInteger(const char* text, unsigned bits, std::uint64_t* cell) {
  const bool negative = text[0] == '-';
  const char* digits = text + (negative || text[0] == '+' ? 1 : 0);
  const bool hexadecimal = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
  if (digits[0] < '0' || digits[0] > '9') return false;
  char* end = nullptr;
  errno = 0;
  const std::uint64_t magnitude = std::strtoull(digits, &end, hexadecimal ? 16 : 10);
  if (errno != 0 || *end != '\0') return false;
  const std::uint64_t sign_bit = std::uint64_t{1} << (bits - 1);
  if (negative ? magnitude > sign_bit : magnitude > (sign_bit - 1) * 2 + 1) return false;
  *cell = negative ? 0 - magnitude : magnitude;
  if (bits == 32) *cell &= 0xFFFFFFFF;
  return true;
}

// A v128 is one hexadecimal number of up to 32 digits, lane 0 in the last ones.
bool ParseVector(const char* text, std::uint64_t* cells) {
  const std::size_t digits = std::strlen(text) - 2;
  if (std::strncmp(text, "0x", 2) != 0 || digits == 0 || digits > 32 ||
      std::strspn(text + 2, "0123456789abcdefABCDEF") != digits) {
    return false;
  }
  const std::size_t low_digits = std::min<std::size_t>(digits, 16);
  char high[17] = "";
  std::memcpy(high, text + 2, digits - low_digits);
  cells[0] = std::strtoull(text + 2 + digits - low_digits, nullptr, 16);
  cells[1] = std::strtoull(high, nullptr, 16);
  return true;
}

bool ParseValue(const char* text, ValueType type, std::uint64_t* cell) {
  char* end = nullptr;
  *cell = 0;
  switch (type) {
    case ValueType::kI32: return ParseInteger(text, 32, cell);
    case ValueType::kI64: return ParseInteger(text, 64, cell);
    case ValueType::kF32: {
      const float value = std::strtof(text, &end);
      std::memcpy(cell, &value, sizeof value);
      return end != text && *end == '\0';
    }
    case ValueType::kF64: {
      const double value = std::strtod(text, &end);
      std::memcpy(cell, &value, sizeof value);
      return end != text && *end == '\0';
    }
    case ValueType::kV128: return ParseVector(text, cell);
    default: return IsNullable(type) && std::strcmp(text, "null") == 0;
  }
}

void PrintValue(const std::uint64_t* cells, ValueType type) {
  const std::uint64_t cell = cells[0];
  switch (type) {
    case ValueType::kV128:
      std::printf("0x%016" PRIx64 "%016" PRIx64 "\n", cells[1], cells[0]);
      return;
    case ValueType::kI32: std::printf("%" PRId32 "\n", static_cast<std::int32_t>(cell)); return;
    case ValueType::kI64: std::printf("%" PRId64 "\n", static_cast<std::int64_t>(cell)); return;
    case ValueType::kF32: {
      float value;
      std::memcpy(&value, &cell, sizeof value);
      std::printf("%.9g\n", static_cast<double>(value));
      return;
    }
    case ValueType::kF64: {
      double value;
      std::memcpy(&value, &cell, sizeof value);
      std::printf("%.17g\n", value);
      return;
    }
    default: std::printf("%s\n", cell == 0 ? "null" : "reference"); return;
  }
}

// ---- Running.

// To standard error. Names are the file's: nothing for the terminal to act on.
void PrintVisible(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = VisibleLength(text);
    std::fprintf(stderr, "%.*s", length == 0 ? 1 : static_cast<int>(length),
                 length == 0 ? "?" : text.data());
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

// After a Call that did not return: the program's exit status, or the trap's report.
int ReportOutcome(const char* file, const abi::ExecutionEnvironment* environment,
                  abi::TrapKind trap) {
  std::uint32_t code = 0;
  if (ExitRequested(environment, &code)) return static_cast<int>(code & 0xFF);
  std::fprintf(stderr, "%s: trap: %s", file, abi::TrapSentence(trap));
  const char* text = trap == abi::TrapKind::kHostError || trap == abi::TrapKind::kUncaughtException
                         ? ExceptionText(environment)
                         : nullptr;
  if (text != nullptr && text[0] != '\0') {
    std::fputs(": ", stderr);
    PrintVisible(text);
  }
  std::fputc('\n', stderr);
  Frame frames[64];
  const std::size_t count = Backtrace(environment, frames);
  for (std::size_t i = 0; i < count && i < std::size(frames); ++i) {
    std::fprintf(stderr, "  #%zu ", i);
    if (frames[i].name.empty()) std::fprintf(stderr, "function %u", frames[i].function_index);
    PrintVisible(frames[i].name);
    std::fputc('\n', stderr);
  }
  return kExitTrap;
}

// Everything that lives while the program runs, in the order in which it is made.
struct Program {
  Ledger module_ledger{Category::kModule, &LedgerOf(Category::kModule)};
  loader::MemorySource module_memory = ModuleMemorySource(&module_ledger);
  std::unique_ptr<loader::MappedModule> module;
  wasi::WasiContext* wasi = nullptr;
  abi::ExecutionEnvironment* environment = nullptr;
  Instance* instance = nullptr;

  ~Program() {
    wasi::EndThreads(wasi);
    if (environment != nullptr) DestroyExecutionEnvironment(environment);
    if (instance != nullptr) Release(instance);
    wasi::Destroy(wasi);
  }
};

bool ResolveImport(void* state, const container::ImportEntry& import, std::string_view module,
                   std::string_view name, Extern* extern_value) {
  auto* const context = static_cast<wasi::WasiContext*>(state);
  return wasi::ResolveWasiImport(context, module, name, extern_value) ||
         wasi::ResolveSharedMemory(context, import, extern_value);
}

Status Load(const CommandLine& line, Program* program, abi::TrapKind* trap) {
  loader::OpenOptions open = line.open;
  open.memory = &program->module_memory;
  TENON_ASSIGN_OR_RETURN(program->module, loader::MappedModule::OpenFile(line.file, open));
  TENON_ASSIGN_OR_RETURN(program->wasi, wasi::Create(line.wasi));
  TENON_TRY(wasi::MakeSharedMemory(program->wasi, *program->module));
  TENON_ASSIGN_OR_RETURN(program->environment, CreateExecutionEnvironment(line.environment));
  const ImportResolver resolver{ResolveImport, program->wasi};
  TENON_ASSIGN_OR_RETURN(program->instance,
                         Instantiate(*program->module, resolver, line.instantiate, trap));
  return Status::Ok();
}

bool FindFunction(Instance* instance, const char* name, Extern* function) {
  return FindExport(instance, name, function) && function->kind == ExternKind::kFunction &&
         function->function != nullptr;
}

// A Call, or how a thread of the program ended it.
CallOutcome CallProgram(const Program& program, const abi::FuncRef* function,
                        std::uint64_t* values) {
  CallOutcome outcome = Call(program.environment, function, values);
  wasi::AdoptThreadOutcome(program.wasi, program.environment, &outcome);
  return outcome;
}

int Invoke(const CommandLine& line, const Program& program, const char* name) {
  Extern function;
  if (!FindFunction(program.instance, name, &function)) {
    const Error error = Error::Format("The module does not export a function \"%s\".%s", name,
                                      line.invoke == nullptr ? " Try --invoke=NAME." : "");
    return FileError(line.file, error.text());
  }
  const auto parameters = function.signature.parameters;
  const auto results = function.signature.results;
  const auto given = line.words.subspan(line.invoke != nullptr ? 1 : line.words.size());
  if (given.size() != parameters.size()) {
    const Error error = Error::Format("The function \"%s\" takes %zu arguments, not %zu.", name,
                                      parameters.size(), given.size());
    return UsageError(error.text());
  }
  const auto cells_of = [](std::span<const ValueType> types) {
    std::size_t count = 0;
    for (const ValueType type : types) count += abi::CellsOf(type);
    return count;
  };
  const auto values = std::make_unique<std::uint64_t[]>(
      std::max({cells_of(parameters), cells_of(results), std::size_t{1}}));
  std::uint64_t* cell = values.get();
  for (std::size_t i = 0; i < parameters.size(); cell += abi::CellsOf(parameters[i]), ++i) {
    if (!ParseValue(given[i], parameters[i], cell)) {
      const Error error = Error::Format("Argument %zu, \"%s\", is not a value of type %s.", i + 1,
                                        given[i], ValueTypeName(parameters[i]));
      return UsageError(error.text());
    }
  }
  const CallOutcome outcome = CallProgram(program, function.function, values.get());
  if (outcome.trap != abi::TrapKind::kNone) {
    return ReportOutcome(line.file, program.environment, outcome.trap);
  }
  cell = values.get();
  for (const ValueType result : results) {
    PrintValue(cell, result);
    cell += abi::CellsOf(result);
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}

int RunLoaded(const CommandLine& line, Program& program) {
  abi::TrapKind trap = abi::TrapKind::kNone;
  const Status loaded = Load(line, &program, &trap);
  if (!loaded.ok()) return FileError(line.file, loaded.error().text());
  if (trap != abi::TrapKind::kNone) return ReportOutcome(line.file, program.environment, trap);

  std::uint64_t nothing[1] = {};
  if (const abi::FuncRef* start = StartFunction(program.instance)) {
    const CallOutcome outcome = CallProgram(program, start, nothing);
    if (outcome.trap != abi::TrapKind::kNone) {
      return ReportOutcome(line.file, program.environment, outcome.trap);
    }
  }
  if (line.invoke == nullptr) return Invoke(line, program, "_start");
  // A library ("reactor") has to be initialised before its other exports are called.
  Extern initialize;
  if (std::strcmp(line.invoke, "_initialize") != 0 &&
      FindFunction(program.instance, "_initialize", &initialize) &&
      initialize.signature.parameters.empty() && initialize.signature.results.empty()) {
    const CallOutcome outcome = CallProgram(program, initialize.function, nothing);
    if (outcome.trap != abi::TrapKind::kNone) {
      return ReportOutcome(line.file, program.environment, outcome.trap);
    }
  }
  return Invoke(line, program, line.invoke);
}

int Run(CommandLine& line) {
  line.wasi.args = line.invoke == nullptr ? line.words : line.words.first(1);
  line.wasi.environment = line.program_environment.values();
  line.wasi.preopens = line.preopens.values();
  line.wasi.listeners = line.listeners.values();
  line.wasi.address_pool = line.address_pool.values();
  signal(SIGPIPE, SIG_IGN);  // the program gets EPIPE instead
  Program program;
  const int status = RunLoaded(line, program);
  const ReportSubjects subjects = {
      &program.module_ledger, program.instance != nullptr ? LedgerOf(program.instance) : nullptr,
      program.environment != nullptr ? &program.environment->ledger : nullptr};
  WriteMemoryReport(line.report, subjects, stderr);
  return status;
}

int InspectFile(int count, char** arguments) {
  const char* file = nullptr;
  bool json = false;
  for (int i = 0; i < count; ++i) {
    if (std::strcmp(arguments[i], "--json") == 0)
      json = true;
    else if (arguments[i][0] == '-' || file != nullptr)
      return UsageError("inspect takes one FILE.aot and --json.");
    else
      file = arguments[i];
  }
  if (file == nullptr) return UsageError("There is no FILE.aot to inspect.");
  const Status status = Inspect(file, json);
  if (!status.ok()) return FileError(file, status.error().text());
  return std::fflush(stdout) == 0 ? 0 : 1;
}

// A descriptor that is closed when the program starts would be the next file that is opened: output
// would go into it.
void OpenStandardDescriptors() {
  for (int descriptor = 0; descriptor <= 2; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) < 0 && ::open("/dev/null", O_RDWR) != descriptor)
      ::_exit(kExitBadFile);
  }
}

int Main(int count, char** arguments) {
  OpenStandardDescriptors();
  const std::string_view first = count > 0 ? arguments[0] : "";
  if (first == "inspect") return InspectFile(count - 1, arguments + 1);
  CommandLine line;
  const Status parsed = Parse(count, arguments, &line);
  if (!parsed.ok()) return UsageError(parsed.error().text());
  if (line.information != nullptr) {
    std::fputs(line.information, stdout);
    return std::fflush(stdout) == 0 ? 0 : 1;
  }
  return Run(line);
}

}  // namespace
}  // namespace tenon::runtime

int main(int argc, char** argv) { return argc > 0 ? tenon::runtime::Main(argc - 1, argv + 1) : 2; }
