// All passes between lowering and code generation, in their order: Build* read from top to bottom,
// and BuildOrder at the end puts them together. `tenonc --print-passes` prints what comes of it.
//
// Level 3 is LLVM's -O3. It is made for source code: most of what it does, it does several times
// over, because inlining keeps bringing new code to simplify. WebAssembly has mostly been through
// it. What is left to find is what wasm cannot say: that addresses are the sum of a base and an
// extended index, that globals live in memory, vectors, and the target's own instructions. Level 2
// runs one pass for each of these, in an order in which none needs another again. Level 1 keeps to
// single loads and expressions, and level 0 to what code generation cannot do without.
//
// Where floating-point numbers or vectors are calculated with in loops, level 2 is level 3: those
// are small parts of programs, where compilers that wrote the wasm had no vectors and had to keep
// loads that alias analysis can now merge.
#include "compiler/optimize/order.h"

#include <llvm/Analysis/InlineCost.h>
#include <llvm/Transforms/IPO/FunctionAttrs.h>
#include <llvm/Transforms/IPO/GlobalDCE.h>
#include <llvm/Transforms/IPO/Inliner.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/DFAJumpThreading.h>
#include <llvm/Transforms/Scalar/DivRemPairs.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/IndVarSimplify.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/LoopDeletion.h>
#include <llvm/Transforms/Scalar/LoopLoadElimination.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>
#include <llvm/Transforms/Scalar/LoopRotation.h>
#include <llvm/Transforms/Scalar/LoopUnrollPass.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>
#include <llvm/Transforms/Utils/LoopSimplify.h>
#include <llvm/Transforms/Utils/Mem2Reg.h>
#include <llvm/Transforms/Vectorize/LoopVectorize.h>
#include <llvm/Transforms/Vectorize/SLPVectorizer.h>
#include <llvm/Transforms/Vectorize/VectorCombine.h>

#include <utility>

#include "compiler/optimize/checks/hoist_checks.h"
#include "compiler/optimize/checks/hoist_descriptors.h"
#include "compiler/optimize/checks/merge_checks.h"
#include "compiler/optimize/conditional_passes.h"
#include "compiler/optimize/finish/context_argument.h"
#include "compiler/optimize/finish/extend_early.h"
#include "compiler/optimize/finish/narrow_comparisons.h"
#include "compiler/optimize/finish/shield_identities.h"
#include "compiler/optimize/finish/stack_checks.h"
#include "compiler/optimize/finish/traps.h"
#include "compiler/optimize/finish/wide_divisions.h"
#include "compiler/optimize/loops/keep_wrap_checks.h"
#include "compiler/optimize/loops/limit_unrolling.h"
#include "compiler/optimize/loops/mark_numeric.h"
#include "compiler/optimize/loops/narrow_induction.h"
#include "compiler/optimize/loops/rebase_induction.h"
#include "compiler/optimize/loops/reroll_loops.h"
#include "compiler/optimize/loops/separate_strides.h"
#include "compiler/optimize/loops/split_loops.h"
#include "compiler/optimize/vectors/vectorize_outer_loops.h"
#include "compiler/optimize/vectors/widen_vectors.h"

namespace tenon::compiler {

namespace {

using llvm::FunctionPassManager;
using llvm::ModulePassManager;

// ---- pieces that several lists share

// A list of one or more passes.
template <typename... Passes>
FunctionPassManager List(Passes&&... passes) {
  FunctionPassManager list;
  (list.addPass(std::forward<Passes>(passes)), ...);
  return list;
}

// `pass`, and where it has changed something, `then`.
template <typename Pass>
IfChangedPass IfChanged(Pass&& pass, FunctionPassManager then) {
  return {List(std::forward<Pass>(pass)), std::move(then)};
}

// `passes` over each function in turn; what is known of one is forgotten before the next.
auto EachFunction(FunctionPassManager passes) {
  return llvm::createModuleToFunctionPassAdaptor(std::move(passes), /*EagerlyInvalidate=*/true);
}

auto LoopInvariants() {
  return llvm::createFunctionToLoopPassAdaptor(llvm::LICMPass(llvm::LICMOptions()),
                                               /*UseMemorySSA=*/true);
}

FunctionPassManager Fold() { return List(llvm::InstCombinePass(), llvm::SimplifyCFGPass()); }

// Finds equal loads and expressions, and the branches that they decide.
FunctionPassManager MergeEqual() {
  return List(llvm::EarlyCSEPass(/*UseMemorySSA=*/true), llvm::SimplifyCFGPass());
}

// ---- before the middle end

// First checks are merged, while all lead to the same trap; then what they compare with moves out
// of loops, and then the checks themselves. Before anything else is done to loops: without checks,
// they are what clang made.
FunctionPassManager BuildCheckReduction() {
  FunctionPassManager reduce = MergeEqual();
  reduce.addPass(IfChanged(MergeChecksPass(), Fold()));
  reduce.addPass(llvm::LoopSimplifyPass());
  reduce.addPass(HoistDescriptorsPass());
  reduce.addPass(LoopInvariants());
  reduce.addPass(IfChanged(HoistChecksPass(), Fold()));
  reduce.addPass(llvm::InvalidateAllAnalysesPass());
  return reduce;
}

// Loops as the source had them, before compilers counted them to zero and unrolled them.
FunctionPassManager BuildLoopRestoration() {
  FunctionPassManager restore;
  restore.addPass(llvm::EarlyCSEPass());
  restore.addPass(llvm::LoopSimplifyPass());
  restore.addPass(IfChanged(RebaseInductionPass(), List(llvm::InstCombinePass())));
  restore.addPass(RerollLoopsPass());
  return restore;
}

// ---- the middle end, by level

// Of level 2. A function that costs little more than calling it; -O3 has 250. Compilers
// have inlined what paid within a file; what is left are small functions of others.
constexpr int kInlineThreshold = 30;

// Brings loops into the form that the vectoriser and code generation know best.
FunctionPassManager SimplifyLoops() {
  llvm::LoopPassManager hoist;
  hoist.addPass(llvm::LoopRotatePass());
  hoist.addPass(llvm::LICMPass(llvm::LICMOptions()));
  llvm::LoopPassManager count;
  count.addPass(llvm::IndVarSimplifyPass());
  count.addPass(llvm::LoopDeletionPass());
  count.addPass(llvm::LoopFullUnrollPass());
  return List(llvm::createFunctionToLoopPassAdaptor(std::move(hoist), /*UseMemorySSA=*/true),
              llvm::createFunctionToLoopPassAdaptor(std::move(count)));
}

llvm::SimplifyCFGOptions FinalControlFlow() {
  return llvm::SimplifyCFGOptions()
      .forwardSwitchCondToPhi(true)
      .convertSwitchRangeToICmp(true)
      .convertSwitchToArithmetic(true)
      .convertSwitchToLookupTable(true)
      .needCanonicalLoops(false)
      .hoistCommonInsts(true)
      .sinkCommonInsts(true);
}

// What the vectoriser needs to see in loops of WebAssembly.
void AddLoopForms(FunctionPassManager& to, const llvm::TargetMachine& machine) {
  to.addPass(NarrowInductionPass());
  to.addPass(llvm::LoopSimplifyPass());
  to.addPass(VectorizeOuterLoopsPass());
  to.addPass(WidenVectorsPass(machine));
  to.addPass(SplitLoopsPass());
  to.addPass(SeparateStridesPass());
  to.addPass(KeepWrapChecksPass());
}

// A state machine written as a switch in a loop branches from the end of a state to the next one
// where that is known, instead of through the one switch, whose jump is hard to predict.
void AddStateMachines(FunctionPassManager& to) { to.addPass(llvm::DFAJumpThreadingPass()); }

FunctionPassManager OptimizeNumeric(const llvm::TargetMachine& machine) {
  FunctionPassManager optimize;
  AddLoopForms(optimize, machine);
  optimize.addPass(llvm::LoopVectorizePass());
  optimize.addPass(llvm::LoopLoadEliminationPass());
  optimize.addPass(llvm::InstCombinePass());
  optimize.addPass(llvm::SimplifyCFGPass(FinalControlFlow()));
  optimize.addPass(llvm::SLPVectorizerPass());
  optimize.addPass(llvm::VectorCombinePass());
  optimize.addPass(llvm::InstCombinePass());
  optimize.addPass(LimitUnrollingPass());
  optimize.addPass(llvm::LoopUnrollPass(llvm::LoopUnrollOptions(3)));
  optimize.addPass(llvm::InstCombinePass());
  return optimize;
}

FunctionPassManager OptimizeOthers(const llvm::TargetMachine& machine) {
  FunctionPassManager optimize;
  AddLoopForms(optimize, machine);
  optimize.addPass(llvm::LoopVectorizePass());
  optimize.addPass(llvm::InstCombinePass());
  optimize.addPass(llvm::SimplifyCFGPass(FinalControlFlow()));
  optimize.addPass(llvm::LoopUnrollPass(llvm::LoopUnrollOptions(2)));
  return optimize;
}

ModulePassManager BuildLevel1() {
  FunctionPassManager optimize = MergeEqual();
  optimize.addPass(LoopInvariants());
  optimize.addPass(llvm::EarlyCSEPass());
  ModulePassManager level;
  level.addPass(EachFunction(std::move(optimize)));
  return level;
}

ModulePassManager BuildLevel2(llvm::PassBuilder& passes, const llvm::TargetMachine& machine) {
  llvm::ModuleInlinerWrapperPass inliner(llvm::getInlineParams(kInlineThreshold),
                                         /*MandatoryFirst=*/false);
  llvm::CGSCCPassManager& bottom_up = inliner.getPM();
  bottom_up.addPass(llvm::PostOrderFunctionAttrsPass());
  FunctionPassManager simplify = MergeEqual();
  simplify.addPass(MarkNumericPass());
  simplify.addPass(ByKindPass(passes.buildFunctionSimplificationPipeline(
                                  llvm::OptimizationLevel::O3, llvm::ThinOrFullLTOPhase::None),
                              SimplifyLoops()));
  bottom_up.addPass(
      llvm::createCGSCCToFunctionPassAdaptor(std::move(simplify), /*EagerlyInvalidate=*/true));

  FunctionPassManager optimize;
  AddStateMachines(optimize);
  optimize.addPass(ByKindPass(OptimizeNumeric(machine), OptimizeOthers(machine)));
  optimize.addPass(LoopInvariants());
  optimize.addPass(llvm::EarlyCSEPass());
  optimize.addPass(llvm::DivRemPairsPass());
  optimize.addPass(llvm::SimplifyCFGPass(llvm::SimplifyCFGOptions()
                                             .convertSwitchRangeToICmp(true)
                                             .convertSwitchToArithmetic(true)
                                             .speculateUnpredictables(true)
                                             .hoistLoadsStoresWithCondFaulting(true)));
  ModulePassManager level;
  level.addPass(std::move(inliner));
  level.addPass(llvm::GlobalDCEPass());
  level.addPass(EachFunction(std::move(optimize)));
  return level;
}

ModulePassManager BuildLevel3(llvm::PassBuilder& passes, const llvm::TargetMachine& machine) {
  passes.registerVectorizerStartEPCallback(
      [&machine](FunctionPassManager& manager, llvm::OptimizationLevel) {
        AddLoopForms(manager, machine);
        manager.addPass(LimitUnrollingPass());
      });
  passes.registerScalarOptimizerLateEPCallback(
      [](FunctionPassManager& manager, llvm::OptimizationLevel) { AddStateMachines(manager); });
  return passes.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3);
}

ModulePassManager BuildMiddleEnd(llvm::PassBuilder& passes, const llvm::TargetMachine& machine,
                                 int opt_level) {
  switch (opt_level) {
    case 0: return passes.buildO0DefaultPipeline(llvm::OptimizationLevel::O0);
    case 1: return BuildLevel1();
    case 2: return BuildLevel2(passes, machine);
    default: return BuildLevel3(passes, machine);
  }
}

// ---- after the middle end, which would undo most of it

FunctionPassManager BuildFinish(int opt_level) {
  FunctionPassManager finish;
  finish.addPass(ExpandWideDivisionsPass());
  if (opt_level > 0) {
    finish.addPass(NarrowComparisonsPass());
    finish.addPass(ExtendEarlyPass());
  }
  finish.addPass(InsertStackChecksPass());
  return finish;
}

}  // namespace

llvm::PipelineTuningOptions TuningOf(int opt_level) {
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = opt_level >= 2;
  tuning.SLPVectorization = opt_level >= 2;
  tuning.LoopInterleaving = opt_level >= 2;
  return tuning;
}

ModulePassManager BuildOrder(llvm::PassBuilder& passes, const llvm::TargetMachine& machine,
                             int opt_level) {
  ModulePassManager order;
  order.addPass(EachFunction(List(llvm::PromotePass())));
  order.addPass(ShieldIdentitiesPass());
  if (opt_level > 0) order.addPass(llvm::createModuleToFunctionPassAdaptor(Fold()));
  if (opt_level >= 2) {
    FunctionPassManager loops;
    loops.addPass(BuildCheckReduction());
    loops.addPass(BuildLoopRestoration());
    order.addPass(EachFunction(std::move(loops)));
  }
  order.addPass(llvm::InvalidateAllAnalysesPass());

  order.addPass(BuildMiddleEnd(passes, machine, opt_level));

  order.addPass(RestoreContextArgumentsPass());
  order.addPass(EachFunction(BuildFinish(opt_level)));
  return order;
}

ModulePassManager BuildFinishOfMode(container::BoundsChecks bounds_checks) {
  ModulePassManager finish;
  if (bounds_checks == container::BoundsChecks::kGuard) {
    finish.addPass(TrapByInstructionPass());
  } else {
    finish.addPass(TrapByCallPass());
  }
  return finish;
}

}  // namespace tenon::compiler
