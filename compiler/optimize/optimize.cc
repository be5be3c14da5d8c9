// Drives LLVM's optimiser; see optimize.h.
#include "compiler/optimize/optimize.h"

#include <llvm/ADT/Any.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>
#include <llvm/Transforms/Utils/LoopSimplify.h>
#include <llvm/Transforms/Utils/Mem2Reg.h>

#include <optional>

#include "compiler/optimize/checks/reduce_checks.h"
#include "compiler/optimize/finish/context_argument.h"
#include "compiler/optimize/finish/extend_early.h"
#include "compiler/optimize/finish/narrow_comparisons.h"
#include "compiler/optimize/finish/prepare.h"
#include "compiler/optimize/finish/shield_identities.h"
#include "compiler/optimize/finish/whole_accesses.h"
#include "compiler/optimize/loops/rebase_induction.h"
#include "compiler/optimize/loops/reroll_loops.h"
#include "compiler/optimize/pass_pipeline.h"
#include "compiler/target/timed_passes.h"

namespace tenon::compiler {

namespace {

// Runs a part of the optimiser that is no pass, and counts its time as one.
template <typename Work>
void Step(std::optional<StepTimes>& times, const char* name, Work&& work) {
  if (times) times->Begin(name);
  work();
  if (times) times->End();
}

// Lets passes that need not run leave out what is marked so (optnone), as LLVM's own drivers do.
bool MayOptimize(const llvm::Any& unit) {
  const llvm::Function* function = nullptr;
  if (const auto* one = llvm::any_cast<const llvm::Function*>(&unit)) {
    function = *one;
  } else if (const auto* loop = llvm::any_cast<const llvm::Loop*>(&unit)) {
    function = (*loop)->getHeader()->getParent();
  }
  return function == nullptr || !function->hasOptNone();
}

}  // namespace

Status Optimize(llvm::Module& module, llvm::TargetMachine& machine, int opt_level,
                const AccessRules& accesses, TimeReport* report) {
  const StageTimer timer(report, TimeReport::Stage::kOptimize);
  std::optional<StepTimes> times;
  llvm::PassInstrumentationCallbacks callbacks;
  callbacks.registerShouldRunOptionalPassCallback(
      [](llvm::StringRef /*pass*/, const llvm::Any& unit) { return MayOptimize(unit); });
  if (report != nullptr) {
    times.emplace(*report, TimeReport::Stage::kOptimize);
    TimePasses(callbacks, *times);
  }
#ifndef NDEBUG
  std::string text;
  llvm::raw_string_ostream verifier_output(text);
  if (llvm::verifyModule(module, &verifier_output)) {
    return Error::Format("internal error: lowering made invalid IR: %s", text.c_str());
  }
#endif
  llvm::PassBuilder passes(&machine, TuningOf(opt_level), std::nullopt, &callbacks);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager call_graph;
  llvm::ModuleAnalysisManager modules;
  // There is no C library behind the code: no idiom may become a call to one.
  llvm::TargetLibraryInfoImpl library(module.getTargetTriple());
  library.disableAllFunctions();
  functions.registerPass([&] { return llvm::TargetLibraryAnalysis(library); });
  passes.registerModuleAnalyses(modules);
  passes.registerCGSCCAnalyses(call_graph);
  passes.registerFunctionAnalyses(functions);
  passes.registerLoopAnalyses(loops);
  passes.crossRegisterProxies(loops, functions, call_graph, modules);

  if (accesses.exact_order) KeepAccessOrder(module);
  llvm::FunctionPassManager to_ssa;
  to_ssa.addPass(llvm::PromotePass());
  llvm::FunctionPassManager early;
  if (opt_level > 0) {
    early.addPass(llvm::InstCombinePass());
    early.addPass(llvm::SimplifyCFGPass());
  }
  llvm::FunctionPassManager fold;
  fold.addPass(llvm::InstCombinePass());
  llvm::FunctionPassManager loop_form;
  loop_form.addPass(llvm::EarlyCSEPass());
  loop_form.addPass(llvm::LoopSimplifyPass());
  for (llvm::Function& function : module) {
    if (!function.isDeclaration()) to_ssa.run(function, functions);
  }
  Step(times, "ShieldIdentities", [&] { ShieldIdentities(module); });
  functions.clear();
  for (llvm::Function& function : module) {
    if (function.isDeclaration()) continue;
    early.run(function, functions);
  }
  if (!accesses.exact_order) Step(times, "RelaxUsedLoads", [&] { RelaxUsedLoads(module); });
  for (llvm::Function& function : module) {
    if (function.isDeclaration() || function.hasOptNone() || opt_level < 2) continue;
    if (accesses.has_bounds_checks)
      Step(times, "ReduceChecks", [&] { ReduceChecks(function, functions); });
    loop_form.run(function, functions);
    bool rebased = false;
    Step(times, "RebaseInduction",
         [&] { rebased = RebaseInduction(functions.getResult<llvm::LoopAnalysis>(function)); });
    if (rebased) {
      functions.clear(function, function.getName());
      fold.run(function, functions);
    }
    Step(times, "RerollLoops", [&] {
      RerollLoops(functions.getResult<llvm::LoopAnalysis>(function),
                  functions.getResult<llvm::ScalarEvolutionAnalysis>(function));
    });
    functions.clear(function, function.getName());
  }
  functions.clear();

  BuildPipeline(passes, machine, opt_level).run(module, modules);

  RestoreContextArguments(module);
  for (llvm::Function& function : module) {
    // Trampolines and thunks run before or after wasm code that checks.
    if (function.isDeclaration() || !function.getName().starts_with("f")) continue;
    ExpandWideDivisions(function);
    if (accesses.has_guards) {
      KeepAccessesWhole(function);
      SeparateSelectedLoads(function);
    }
    if (opt_level > 0 && !function.hasOptNone()) {
      Step(times, "NarrowComparisons", [&] { NarrowComparisons(function); });
      Step(times, "ExtendEarly", [&] { ExtendEarly(function); });
    }
    InsertStackCheck(function);
  }
  return Status::Ok();
}

}  // namespace tenon::compiler
