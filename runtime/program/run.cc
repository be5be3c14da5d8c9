// See run.h. Everything that the program needs is in Program, in the order in which it is made.
#include "runtime/program/run.h"

#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <memory>

#include "loader/mapped_module.h"
#include "runtime/execute/execution_environment.h"
#include "runtime/instance/instance.h"
#include "runtime/memory/memory_report.h"
#include "runtime/program/exit_status.h"
#include "runtime/program/values.h"
#include "runtime/wasi/wasi.h"

namespace tenon::runtime {
namespace {

// After a Call that did not return: the program's exit status, or the trap's report.
int ReportOutcome(const char* file, const abi::ExecutionEnvironment* environment,
                  abi::TrapKind trap) {
  std::uint32_t code = 0;
  if (ExitRequested(environment, &code)) return static_cast<int>(code & 0xFF);
  std::fprintf(stderr, "%s: trap: %s", file, abi::TrapSentence(trap));
  const char* text = trap == abi::TrapKind::kHostError || trap == abi::TrapKind::kUncaughtException
                         ? ExceptionText(environment)
                         : nullptr;
  if (text != nullptr && text[0] != '\0') std::fprintf(stderr, ": %s", text);
  std::fputc('\n', stderr);
  Frame frames[64];
  const std::size_t count = Backtrace(environment, frames);
  for (std::size_t i = 0; i < count && i < std::size(frames); ++i) {
    std::fprintf(stderr, "  #%zu ", i);
    if (frames[i].name.empty()) std::fprintf(stderr, "function %u", frames[i].function_index);
    for (const char character : frames[i].name) {  // names are the file's: nothing for the terminal
      const auto byte = static_cast<unsigned char>(character);
      std::fputc(byte < 0x20 || byte == 0x7F ? '?' : character, stderr);
    }
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

}  // namespace

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

}  // namespace tenon::runtime
