// Runs one script of the spec suite: a JSON file of commands beside its modules.
#pragma once

#include <map>
#include <string>

#include "compiler/pipeline.h"
#include "format/container.h"

namespace tenon::spec {

struct ScriptOptions {
  compiler::Options compiler;
  container::BoundsChecks bounds_checks = container::BoundsChecks::kGuard;
  // Lines of this script whose failure is expected, with the reason.
  std::map<unsigned, std::string> expected_failures;
};

struct Counts {
  unsigned passed;
  unsigned failed;
  unsigned skipped;
};

// Number of assertions in the script; 0 if it cannot be read.
unsigned CountAssertions(const std::string& path);

// Runs all commands, prints a line for each failure and keeps `counts` current, so that they tell
// how far it came if a command takes the process down (a hanging one does, by SIGALRM). A command
// that is no assertion counts only if it fails. Instances live until the process ends.
void RunScript(const std::string& path, const ScriptOptions& options, Counts* counts);

}  // namespace tenon::spec
