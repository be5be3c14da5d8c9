// The program `tenon`: runs the WASI command in a .aot file, calls one of its exports, or prints
// what is in it. options.def says how it is used, exit_status.h how it ends.
#include <cstdio>
#include <cstring>
#include <string_view>

#include "runtime/program/command_line.h"
#include "runtime/program/exit_status.h"
#include "runtime/program/inspect.h"
#include "runtime/program/run.h"

namespace tenon::runtime {
namespace {

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

int Main(int count, char** arguments) {
  const std::string_view first = count > 0 ? arguments[0] : "";
  if (first == "inspect") return InspectFile(count - 1, arguments + 1);
  CommandLine line;
  const Status parsed = Parse(count, arguments, &line);
  if (!parsed.ok()) return UsageError(parsed.error().text());
  if (line.information != nullptr) {
    line.information();
    return std::fflush(stdout) == 0 ? 0 : 1;
  }
  return Run(line);
}

}  // namespace
}  // namespace tenon::runtime

int main(int argc, char** argv) {
  return argc > 0 ? tenon::runtime::Main(argc - 1, argv + 1) : tenon::runtime::kExitUsage;
}
