// See optimize.h: LLVM's pass manager around the order of order.cc.
#include "compiler/optimize/optimize.h"

#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/raw_ostream.h>

#include <optional>

#include "compiler/optimize/instrumentation.h"
#include "compiler/optimize/passes.h"

namespace tenon::compiler {

namespace {

// A PassBuilder with everything that passes ask it for.
class PassRunner {
 public:
  PassRunner(llvm::TargetMachine& machine, int opt_level, const PassOptions& options,
             StepTimes* times)
      : passes_(&machine, TuningOf(opt_level), std::nullopt, &callbacks_),
        library_(machine.getTargetTriple()) {
    InstrumentPasses(callbacks_, options, times);
    RegisterPasses(passes_, callbacks_, machine);
    // There is no C library behind the code: no idiom may become a call to one.
    library_.disableAllFunctions();
    functions_.registerPass([this] { return llvm::TargetLibraryAnalysis(library_); });
    passes_.registerModuleAnalyses(modules_);
    passes_.registerCGSCCAnalyses(call_graph_);
    passes_.registerFunctionAnalyses(functions_);
    passes_.registerLoopAnalyses(loops_);
    passes_.crossRegisterProxies(loops_, functions_, call_graph_, modules_);
  }

  llvm::PassBuilder& passes() { return passes_; }
  void Run(llvm::ModulePassManager list, llvm::Module& module) { list.run(module, modules_); }
  std::string NameOf(llvm::StringRef class_name) {
    const llvm::StringRef name = callbacks_.getPassNameForClassName(class_name);
    return (name.empty() ? class_name : name).str();
  }

 private:
  llvm::PassInstrumentationCallbacks callbacks_;
  llvm::PassBuilder passes_;
  llvm::TargetLibraryInfoImpl library_;
  llvm::LoopAnalysisManager loops_;
  llvm::FunctionAnalysisManager functions_;
  llvm::CGSCCAnalysisManager call_graph_;
  llvm::ModuleAnalysisManager modules_;
};

// Breaks "a,b(c,d<e;f>)" into lines; what is in parentheses is indented.
std::string Indent(llvm::StringRef list) {
  std::string text;
  unsigned depth = 0;
  unsigned brackets = 0;
  const auto new_line = [&] { text.append("\n").append(2 * depth, ' '); };
  for (const char character : list) {
    if (character == '<') ++brackets;
    if (character == '>') --brackets;
    if (brackets == 0 && character == '(') {
      ++depth;
      new_line();
    } else if (brackets == 0 && character == ')') {
      --depth;
    } else if (brackets == 0 && character == ',') {
      new_line();
    } else {
      text += character;
    }
  }
  return text + "\n";
}

}  // namespace

namespace {

// Runs what `build` makes of a PassBuilder.
template <typename Build>
void RunStage(llvm::Module& module, llvm::TargetMachine& machine, int opt_level,
              const PassOptions& options, TimeReport* report, Build&& build) {
  const StageTimer timer(report, TimeReport::Stage::kOptimize);
  std::optional<StepTimes> times;
  if (report != nullptr) times.emplace(*report, TimeReport::Stage::kOptimize);
  PassRunner runner(machine, opt_level, options, times ? &*times : nullptr);
  runner.Run(build(runner.passes()), module);
}

}  // namespace

void Optimize(llvm::Module& module, llvm::TargetMachine& machine, int opt_level,
              const PassOptions& options, TimeReport* report) {
  RunStage(module, machine, opt_level, options, report,
           [&](llvm::PassBuilder& passes) { return BuildOrder(passes, machine, opt_level); });
}

void FinishMode(llvm::Module& module, llvm::TargetMachine& machine,
                container::BoundsChecks bounds_checks, const PassOptions& options,
                TimeReport* report) {
  RunStage(module, machine, /*opt_level=*/0, options, report,
           [&](llvm::PassBuilder&) { return BuildFinishOfMode(bounds_checks); });
}

Status RunPasses(llvm::Module& module, llvm::TargetMachine& machine, const std::string& passes) {
  const PassOptions options;
  PassRunner runner(machine, /*opt_level=*/2, options, nullptr);
  llvm::ModulePassManager list;
  if (llvm::Error problem = runner.passes().parsePassPipeline(list, passes))
    return Error::Format("%s", llvm::toString(std::move(problem)).c_str());
  runner.Run(std::move(list), module);
  return Status::Ok();
}

Status CheckPassOptions(llvm::TargetMachine& machine, const PassOptions& options) {
  PassRunner runner(machine, /*opt_level=*/2, options, nullptr);
  return CheckPassOptions(options, runner.passes());
}

std::string DescribePasses(llvm::TargetMachine& machine, int opt_level) {
  const PassOptions options;
  PassRunner runner(machine, opt_level, options, nullptr);
  llvm::ModulePassManager order = BuildOrder(runner.passes(), machine, opt_level);
  std::string text;
  llvm::raw_string_ostream stream(text);
  std::string name;  // what the callback returns must live until the next call
  order.printPipeline(stream, [&](llvm::StringRef class_name) -> llvm::StringRef {
    return name = runner.NameOf(class_name);
  });
  return Indent(text);
}

}  // namespace tenon::compiler
