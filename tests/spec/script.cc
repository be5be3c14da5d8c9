// Runs one script of the spec suite, each module through the whole chain: compiled (or taken from
// those compiled before), written to a file, mapped by the loader, instantiated and called.
#include "tests/spec/script.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "loader/mapped_module.h"
#include "runtime/instance/instance.h"
#include "tests/spec/spectest.h"
#include "tests/spec/values.h"

namespace tenon::spec {
namespace {

// A command that takes longer hangs; the signal then ends the script's process.
constexpr unsigned kSecondsPerCommand = 30;

constexpr const char* kSpectestName = "spectest";

using nlohmann::json;
using Bytes = std::vector<std::uint8_t>;

bool IsAssertion(const json& command) {
  return command.at("type").get<std::string>().starts_with("assert_");
}

std::optional<Bytes> ReadBytes(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return std::nullopt;
  return Bytes(std::istreambuf_iterator<char>(stream), {});
}

// The suite's texts are prefixes: "undefined element" of "undefined element 2" or the reverse.
bool TextsAgree(std::string_view ours, std::string_view expected) {
  return ours.starts_with(expected) || expected.starts_with(ours);
}

// What a command came to: empty if it is as it should be.
using Problem = std::string;

// How an action ended.
struct Outcome {
  Problem problem;  // not even tried, if not empty
  abi::TrapKind trap = abi::TrapKind::kNone;
  std::vector<ValueType> types;
  std::vector<std::uint64_t> values;
};

class Script {
 public:
  Script(std::filesystem::path directory, const ScriptOptions& options)
      : directory_(std::move(directory)), options_(options) {}

  Problem Start();
  Problem Run(const json& command);

 private:
  struct Instantiated {
    Problem problem;                            // the error's sentence
    abi::TrapKind trap = abi::TrapKind::kNone;  // by a segment or the start function
    runtime::Instance* instance = nullptr;
  };

  Result<loader::MappedModule*> Compile(const std::string& name,
                                        std::span<const std::uint8_t> wasm);
  Result<loader::MappedModule*> CompileFile(const json& command);
  Instantiated Instantiate(loader::MappedModule& module);
  Problem Define(const json& command, const char* name_key, loader::MappedModule& module);
  runtime::Instance* Find(const json& command, const char* key) const;
  Outcome Perform(const json& action);
  Problem ExpectTrap(const json& command);
  Problem ExpectReturn(const json& command);
  Problem ExpectException(const json& command);
  Problem ExpectRefusal(const json& command);
  Problem ExpectUnlinkable(const json& command);
  Problem ExpectUninstantiable(const json& command);
  static bool Resolve(void* state, const container::ImportEntry& import, std::string_view module,
                      std::string_view name, runtime::Extern* extern_value);

  std::filesystem::path directory_;
  const ScriptOptions& options_;
  std::vector<std::unique_ptr<loader::MappedModule>> modules_;
  std::map<std::string, loader::MappedModule*, std::less<>> definitions_;
  std::map<std::string, runtime::Instance*, std::less<>> instances_;
  std::map<std::string, runtime::Instance*, std::less<>> registered_;
  loader::MappedModule* last_definition_ = nullptr;
  runtime::Instance* current_ = nullptr;
  abi::ExecutionEnvironment* environment_ = nullptr;
};

Problem Script::Start() {
  auto environment = runtime::CreateExecutionEnvironment({});
  if (!environment.ok()) return environment.error().text();
  environment_ = *environment;
  auto spectest = Compile(kSpectestName, SpectestModule());
  if (!spectest.ok()) return spectest.error().text();
  Instantiated instantiated = Instantiate(**spectest);
  registered_["spectest"] = instantiated.instance;
  return instantiated.problem;
}

Result<loader::MappedModule*> Script::Compile(const std::string& name,
                                              std::span<const std::uint8_t> wasm) {
  TENON_ASSIGN_OR_RETURN(const Bytes bytes, options_.modules(name, wasm));
  std::string path = std::filesystem::temp_directory_path() / "tenon-spec-XXXXXX";
  const int descriptor = ::mkstemp(path.data());
  if (descriptor < 0) return Error::Format("cannot create %s", path.c_str());
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t count = ::write(descriptor, bytes.data() + written, bytes.size() - written);
    if (count <= 0) break;
    written += static_cast<std::size_t>(count);
  }
  ::close(descriptor);
  loader::OpenOptions open_options;
  open_options.bounds_checks = options_.bounds_checks;
  auto module = loader::MappedModule::OpenFile(path.c_str(), open_options);
  ::unlink(path.c_str());
  if (written != bytes.size()) return Error::Format("cannot write %s", path.c_str());
  if (!module.ok()) return module.error();
  modules_.push_back(std::move(module).value());
  return modules_.back().get();
}

Result<loader::MappedModule*> Script::CompileFile(const json& command) {
  const std::string filename = command.at("filename");
  const std::optional<Bytes> wasm = ReadBytes(directory_ / filename);
  if (!wasm) return Error::Format("cannot read %s", filename.c_str());
  return Compile(filename, *wasm);
}

bool Script::Resolve(void* state, const container::ImportEntry&, std::string_view module,
                     std::string_view name, runtime::Extern* extern_value) {
  const Script& script = *static_cast<Script*>(state);
  if (module == "spectest" && FindSpectestFunction(name, extern_value)) return true;
  const auto found = script.registered_.find(module);
  return found != script.registered_.end() && found->second != nullptr &&
         runtime::FindExport(found->second, name, extern_value);
}

Script::Instantiated Script::Instantiate(loader::MappedModule& module) {
  Instantiated result;
  auto instance = runtime::Instantiate(module, {&Script::Resolve, this}, {}, &result.trap);
  if (!instance.ok()) {
    result.problem = instance.error().text();
    return result;
  }
  result.instance = *instance;
  if (result.trap != abi::TrapKind::kNone) return result;
  if (const abi::FuncRef* start = runtime::StartFunction(result.instance)) {
    std::uint64_t no_values[1] = {};
    result.trap = runtime::Call(environment_, start, no_values).trap;
  }
  return result;
}

Problem Script::Define(const json& command, const char* name_key, loader::MappedModule& module) {
  current_ = nullptr;
  const Instantiated instantiated = Instantiate(module);
  if (!instantiated.problem.empty()) return instantiated.problem;
  if (instantiated.trap != abi::TrapKind::kNone) return abi::TrapSentence(instantiated.trap);
  current_ = instantiated.instance;
  if (command.contains(name_key)) instances_[command[name_key]] = current_;
  return {};
}

runtime::Instance* Script::Find(const json& command, const char* key) const {
  if (!command.contains(key)) return current_;
  const auto found = instances_.find(command[key].get<std::string>());
  return found == instances_.end() ? nullptr : found->second;
}

Outcome Script::Perform(const json& action) {
  Outcome outcome;
  const std::string field = action.at("field");
  runtime::Instance* instance = Find(action, "module");
  runtime::Extern found;
  if (instance == nullptr) {
    outcome.problem = "there is no instance, because its module failed";
    return outcome;
  }
  if (!runtime::FindExport(instance, field, &found)) {
    outcome.problem = "there is no export " + field;
    return outcome;
  }
  if (action.at("type") == "get") {
    if (found.kind != ExternKind::kGlobal) {
      outcome.problem = field + " is no global";
      return outcome;
    }
    outcome.types = {found.type};
    const auto* const cells = static_cast<const std::uint64_t*>(found.global);
    outcome.values.assign(cells, cells + abi::CellsOf(found.type));
    return outcome;
  }
  if (found.kind != ExternKind::kFunction || found.function == nullptr) {
    outcome.problem = field + " is no function that can be called";
    return outcome;
  }
  const json& arguments = action.at("args");
  if (arguments.size() != found.signature.parameters.size()) {
    outcome.problem = field + " has another number of parameters";
    return outcome;
  }
  const auto results = found.signature.results;
  outcome.types.assign(results.begin(), results.end());
  outcome.values.assign(2 * std::max({arguments.size(), results.size(), std::size_t{1}}), 0);
  std::uint64_t* cell = outcome.values.data();
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool good = ToCells(arguments[i], cell);
    cell += abi::CellsOf(found.signature.parameters[i]);
    if (!good) {
      outcome.problem = "an argument that this runner cannot make: " + arguments[i].dump();
      return outcome;
    }
  }
  outcome.trap = runtime::Call(environment_, found.function, outcome.values.data()).trap;
  return outcome;
}

Problem Script::ExpectReturn(const json& command) {
  const Outcome outcome = Perform(command.at("action"));
  if (!outcome.problem.empty()) return outcome.problem;
  if (outcome.trap != abi::TrapKind::kNone) {
    return std::string("trapped: ") + abi::TrapSentence(outcome.trap);
  }
  if (!IsAssertion(command)) return {};
  const json& expected = command.at("expected");
  if (expected.size() != outcome.types.size()) return "another number of results";
  const std::uint64_t* cells = outcome.values.data();
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (!Matches(expected[i], outcome.types[i], cells)) {
      return "returned " + ToText(outcome.types[i], cells) + ", not " + expected[i].dump();
    }
    cells += abi::CellsOf(outcome.types[i]);
  }
  return {};
}

Problem Script::ExpectTrap(const json& command) {
  const std::string text = command.at("text");
  const Outcome outcome = Perform(command.at("action"));
  if (!outcome.problem.empty()) return outcome.problem;
  if (outcome.trap == abi::TrapKind::kNone) return "returned, but should trap: " + text;
  const char* sentence = abi::TrapSentence(outcome.trap);
  if (!TextsAgree(sentence, text)) return std::string("trapped: ") + sentence + ", not: " + text;
  return {};
}

Problem Script::ExpectException(const json& command) {
  const Outcome outcome = Perform(command.at("action"));
  if (!outcome.problem.empty()) return outcome.problem;
  if (outcome.trap == abi::TrapKind::kUncaughtException) return {};
  if (outcome.trap == abi::TrapKind::kNone) return "returned, but should throw";
  return std::string("trapped: ") + abi::TrapSentence(outcome.trap);
}

Problem Script::ExpectRefusal(const json& command) {
  const auto module = CompileFile(command);
  if (!module.ok()) return {};
  return "accepted, but should be refused: " + command.at("text").get<std::string>();
}

Problem Script::ExpectUnlinkable(const json& command) {
  const std::string text = command.at("text");
  const auto module = CompileFile(command);
  if (!module.ok()) return module.error().text();
  const Instantiated instantiated = Instantiate(**module);
  if (instantiated.problem.empty()) return "linked, but should not: " + text;
  if (instantiated.problem.find(text) == std::string::npos) {
    return "refused with: " + instantiated.problem + ", not: " + text;
  }
  return {};
}

Problem Script::ExpectUninstantiable(const json& command) {
  const std::string text = command.at("text");
  const auto module = CompileFile(command);
  if (!module.ok()) return module.error().text();
  const Instantiated instantiated = Instantiate(**module);
  if (!instantiated.problem.empty()) return instantiated.problem;
  if (instantiated.trap == abi::TrapKind::kNone) return "instantiated, but should trap: " + text;
  const char* sentence = abi::TrapSentence(instantiated.trap);
  if (!TextsAgree(sentence, text)) return std::string("trapped: ") + sentence + ", not: " + text;
  return {};
}

Problem Script::Run(const json& command) {
  const std::string type = command.at("type");
  if (type == "module") {
    current_ = nullptr;
    const auto module = CompileFile(command);
    if (!module.ok()) return module.error().text();
    return Define(command, "name", **module);
  }
  if (type == "module_definition") {
    last_definition_ = nullptr;
    const auto module = CompileFile(command);
    if (!module.ok()) return module.error().text();
    last_definition_ = *module;
    if (command.contains("name")) definitions_[command["name"]] = *module;
    return {};
  }
  if (type == "module_instance") {
    loader::MappedModule* module = last_definition_;
    if (command.contains("module")) {
      const auto found = definitions_.find(command["module"].get<std::string>());
      module = found == definitions_.end() ? nullptr : found->second;
    }
    if (module == nullptr) return "there is no such definition";
    return Define(command, "instance", *module);
  }
  if (type == "register") {
    runtime::Instance* instance = Find(command, "name");
    registered_[command.at("as")] = instance;
    return instance == nullptr ? "there is no instance to register" : "";
  }
  if (type == "action" || type == "assert_return") return ExpectReturn(command);
  if (type == "assert_trap" || type == "assert_exhaustion") return ExpectTrap(command);
  if (type == "assert_exception") return ExpectException(command);
  if (type == "assert_invalid" || type == "assert_malformed") return ExpectRefusal(command);
  if (type == "assert_unlinkable") return ExpectUnlinkable(command);
  if (type == "assert_uninstantiable") return ExpectUninstantiable(command);
  return "a command that this runner does not know: " + type;
}

json ReadCommands(const std::string& path) {
  std::ifstream stream(path);
  const json script = json::parse(stream, nullptr, false);
  if (!script.is_object() || !script.contains("commands")) return nullptr;
  return script["commands"];
}

// What only a text parser can decide is not this runner's.
bool IsText(const json& command) {
  return command.contains("module_type") && command["module_type"] != "binary";
}

}  // namespace

unsigned CountAssertions(const std::string& path) {
  const json commands = ReadCommands(path);
  return static_cast<unsigned>(std::count_if(commands.begin(), commands.end(), IsAssertion));
}

bool CompileScript(const std::string& path, const ScriptOptions& options, unsigned* compiled) {
  const json commands = ReadCommands(path);
  if (!commands.is_array()) return false;
  if (!options.modules(kSpectestName, SpectestModule()).ok()) return false;
  for (const json& command : commands) {
    if (IsText(command) || !command.contains("filename")) continue;
    const std::string filename = command["filename"];
    const auto wasm = ReadBytes(std::filesystem::path(path).parent_path() / filename);
    if (wasm && options.modules(filename, *wasm).ok()) ++*compiled;
  }
  return true;
}

void RunScript(const std::string& path, const ScriptOptions& options, Counts* counts) {
  const json commands = ReadCommands(path);
  const std::string name = std::filesystem::path(path).stem();
  if (!commands.is_array()) {
    std::printf("%s: is no script\n", path.c_str());
    ++counts->failed;
    return;
  }
  Script script(std::filesystem::path(path).parent_path(), options);
  if (const Problem problem = script.Start(); !problem.empty()) {
    std::printf("%s: spectest: %s\n", name.c_str(), problem.c_str());
    ++counts->failed;
    return;
  }
  for (const json& command : commands) {
    const unsigned line = command.value("line", 0u);
    if (IsText(command)) {
      ++counts->skipped;
      ++counts->text;
      continue;
    }
    std::fflush(stdout);
    ::alarm(kSecondsPerCommand);
    const Problem problem = script.Run(command);
    ::alarm(0);
    const auto expected = options.expected_failures.find(line);
    if (expected != options.expected_failures.end()) {
      if (problem.empty() && IsAssertion(command)) {
        std::printf("%s:%u: passes, but is listed as waiting for %s\n", name.c_str(), line,
                    expected->second.c_str());
        ++counts->failed;
      } else if (IsAssertion(command)) {
        ++counts->skipped;
      }
    } else if (!problem.empty()) {
      std::printf("%s:%u: %s: %s\n", name.c_str(), line, command["type"].get<std::string>().c_str(),
                  problem.c_str());
      std::fflush(stdout);
      ++counts->failed;
    } else if (IsAssertion(command)) {
      ++counts->passed;
    }
  }
}

}  // namespace tenon::spec
