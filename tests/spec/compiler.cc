// The runner's modules straight from the compiler, in process.
#include <memory>

#include "compiler/feature_options.h"
#include "compiler/pipeline.h"
#include "tests/spec/module_source.h"

namespace tenon::spec {

ModuleSource AddCompiler(CLI::App& app, const container::BoundsChecks& bounds_checks) {
  auto options = std::make_shared<compiler::Options>();
  options->opt_level = 1;
  options->jobs = 1;
  app.add_option("--target", options->targets[0].target, "Machine to compile for");
  app.add_option("--cpu", options->targets[0].cpu, "CPU to compile for");
  app.add_option("--opt-level", options->opt_level, "0 to 3")->check(CLI::Range(0, 3));
  compiler::AddFeatureOptions(app, options->disabled_features);
  return [options, &bounds_checks](const std::string& name, std::span<const std::uint8_t> wasm) {
    compiler::Options own = *options;
    if (name == "spectest") own.disabled_features = 0;
    own.bounds_checks = bounds_checks == container::BoundsChecks::kGuard
                            ? compiler::BoundsChecksOption::kGuard
                            : compiler::BoundsChecksOption::kExplicit;
    return compiler::CompileToContainer(wasm, own);
  };
}

}  // namespace tenon::spec
