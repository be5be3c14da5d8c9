// In place of compiler.cc where the build has no compiler.
#include "tests/spec/module_source.h"

namespace tenon::spec {

ModuleSource AddCompiler(CLI::App&, const container::BoundsChecks&) {
  return
      [](const std::string&, std::span<const std::uint8_t>) -> Result<std::vector<std::uint8_t>> {
        return Error::Format("this runner has no compiler: pass --compiled=DIRECTORY");
      };
}

}  // namespace tenon::spec
