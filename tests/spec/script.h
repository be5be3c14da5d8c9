// Runs one script of the spec suite: a JSON file of commands beside its modules.
#pragma once

#include <map>
#include <string>

#include "format/container.h"
#include "tests/spec/module_source.h"

namespace tenon::spec {

struct ScriptOptions {
  ModuleSource modules;
  container::BoundsChecks bounds_checks = container::BoundsChecks::kGuard;
  // Lines of this script whose failure is expected, with the reason.
  std::map<unsigned, std::string> expected_failures;
};

struct Counts {
  unsigned passed;
  unsigned failed;
  unsigned skipped;
  unsigned text;  // of those skipped, what only a parser of text can decide
};

// Asks `options.modules` for every module of the script and does nothing with it; says how many
// there were that compile. Returns false if the script cannot be read.
bool CompileScript(const std::string& path, const ScriptOptions& options, unsigned* compiled);

// Number of assertions in the script; 0 if it cannot be read.
unsigned CountAssertions(const std::string& path);

// Runs all commands, prints a line for each failure and keeps `counts` current, so that they tell
// how far it came if a command takes the process down (a hanging one does, by SIGALRM). A command
// that is no assertion counts only if it fails. Instances live until the process ends.
void RunScript(const std::string& path, const ScriptOptions& options, Counts* counts);

}  // namespace tenon::spec
