// Level 3 is LLVM's -O3. It is made for source code: most of what it does, it does several times
// over, because inlining keeps bringing new code to simplify. WebAssembly has mostly been through
// it. What is left to find is what wasm cannot say: that addresses are the sum of a base and an
// extended index, that globals live in memory, vectors, and the target's own ways. Level 2 runs one
// pass for each of these, in an order in which none needs another again. Level 1 keeps to single
// loads and expressions, and level 0 to what code generation cannot do without.
//
// Where floating-point numbers or vectors are calculated with in loops, level 2 is level 3: those
// are small parts of programs, where compilers that wrote the wasm had no vectors and had to keep
// loads that alias analysis can now merge.
#include "compiler/optimize/pass_pipeline.h"

#include <llvm/Analysis/InlineCost.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/Instructions.h>
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
#include <llvm/Transforms/Vectorize/LoopVectorize.h>
#include <llvm/Transforms/Vectorize/SLPVectorizer.h>
#include <llvm/Transforms/Vectorize/VectorCombine.h>

#include <utility>

#include "compiler/optimize/loops/keep_wrap_checks.h"
#include "compiler/optimize/loops/limit_unrolling.h"
#include "compiler/optimize/loops/narrow_induction.h"
#include "compiler/optimize/loops/separate_strides.h"
#include "compiler/optimize/loops/split_loops.h"
#include "compiler/optimize/vectors/vectorize_outer_loops.h"
#include "compiler/optimize/vectors/widen_vectors.h"

namespace tenon::compiler {

namespace {

// Of level 2. A function that costs little more than calling it; -O3 has 250. Compilers
// have inlined what paid within a file; what is left are small functions of others.
constexpr int kInlineThreshold = 30;

// Level 2 gives no function beyond this the passes of level 3, some of which take more than
// linear time.
constexpr unsigned kMostNumericInstructions = 20'000;

constexpr const char* kNumeric = "tenon-numeric";

bool IsNumericOperation(const llvm::Instruction& instruction) {
  const llvm::Type* type = instruction.getType();
  return (type->isFPOrFPVectorTy() || type->isVectorTy()) &&
         !llvm::isa<llvm::LoadInst, llvm::PHINode, llvm::SelectInst>(instruction);
}

// Marks functions that calculate with floating-point numbers or vectors in loops.
struct MarkNumeric : llvm::PassInfoMixin<MarkNumeric> {
  static llvm::PreservedAnalyses run(llvm::Function& function,
                                     llvm::FunctionAnalysisManager& analyses) {
    const llvm::LoopInfo& loops = analyses.getResult<llvm::LoopAnalysis>(function);
    if (loops.empty() || function.getInstructionCount() > kMostNumericInstructions)
      return llvm::PreservedAnalyses::all();
    for (const llvm::BasicBlock& block : function) {
      if (loops.getLoopFor(&block) == nullptr || llvm::none_of(block, IsNumericOperation)) continue;
      function.addFnAttr(kNumeric);
      break;
    }
    return llvm::PreservedAnalyses::all();
  }
};

// Runs passes for functions that are numeric, or for those that are not.
class ByKind : public llvm::PassInfoMixin<ByKind> {
 public:
  ByKind(llvm::FunctionPassManager numeric, llvm::FunctionPassManager others)
      : numeric_(std::move(numeric)), others_(std::move(others)) {}

  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses) {
    return (function.hasFnAttribute(kNumeric) ? numeric_ : others_).run(function, analyses);
  }

 private:
  llvm::FunctionPassManager numeric_;
  llvm::FunctionPassManager others_;
};

void AddLoopInvariants(llvm::FunctionPassManager& to) {
  to.addPass(llvm::createFunctionToLoopPassAdaptor(llvm::LICMPass(llvm::LICMOptions()),
                                                   /*UseMemorySSA=*/true));
}

// Brings loops into the form that the vectoriser and code generation know best.
llvm::FunctionPassManager SimplifyLoops() {
  llvm::FunctionPassManager simplify;
  llvm::LoopPassManager hoist;
  hoist.addPass(llvm::LoopRotatePass());
  hoist.addPass(llvm::LICMPass(llvm::LICMOptions()));
  simplify.addPass(llvm::createFunctionToLoopPassAdaptor(std::move(hoist), /*UseMemorySSA=*/true));
  llvm::LoopPassManager count;
  count.addPass(llvm::IndVarSimplifyPass());
  count.addPass(llvm::LoopDeletionPass());
  count.addPass(llvm::LoopFullUnrollPass());
  simplify.addPass(llvm::createFunctionToLoopPassAdaptor(std::move(count)));
  return simplify;
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
void AddLoopForms(llvm::FunctionPassManager& to, const llvm::TargetMachine& machine) {
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
void AddStateMachines(llvm::FunctionPassManager& to) { to.addPass(llvm::DFAJumpThreadingPass()); }

llvm::FunctionPassManager OptimizeNumeric(const llvm::TargetMachine& machine) {
  llvm::FunctionPassManager optimize;
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

llvm::FunctionPassManager OptimizeOthers(const llvm::TargetMachine& machine) {
  llvm::FunctionPassManager optimize;
  AddLoopForms(optimize, machine);
  optimize.addPass(llvm::LoopVectorizePass());
  optimize.addPass(llvm::InstCombinePass());
  optimize.addPass(llvm::SimplifyCFGPass(FinalControlFlow()));
  optimize.addPass(llvm::LoopUnrollPass(llvm::LoopUnrollOptions(2)));
  return optimize;
}

// Finds equal loads and expressions, and the branches that they decide.
llvm::FunctionPassManager MergeEqual() {
  llvm::FunctionPassManager merge;
  merge.addPass(llvm::EarlyCSEPass(/*UseMemorySSA=*/true));
  merge.addPass(llvm::SimplifyCFGPass());
  return merge;
}

llvm::ModulePassManager BuildLevel2(llvm::PassBuilder& passes, const llvm::TargetMachine& machine) {
  llvm::ModuleInlinerWrapperPass inliner(llvm::getInlineParams(kInlineThreshold),
                                         /*MandatoryFirst=*/false);
  llvm::CGSCCPassManager& bottom_up = inliner.getPM();
  bottom_up.addPass(llvm::PostOrderFunctionAttrsPass());
  llvm::FunctionPassManager simplify;
  simplify.addPass(MergeEqual());
  simplify.addPass(MarkNumeric());
  simplify.addPass(ByKind(passes.buildFunctionSimplificationPipeline(
                              llvm::OptimizationLevel::O3, llvm::ThinOrFullLTOPhase::None),
                          SimplifyLoops()));
  bottom_up.addPass(
      llvm::createCGSCCToFunctionPassAdaptor(std::move(simplify), /*EagerlyInvalidate=*/true));

  llvm::FunctionPassManager optimize;
  AddStateMachines(optimize);
  optimize.addPass(ByKind(OptimizeNumeric(machine), OptimizeOthers(machine)));
  AddLoopInvariants(optimize);
  optimize.addPass(llvm::EarlyCSEPass());
  optimize.addPass(llvm::DivRemPairsPass());
  optimize.addPass(llvm::SimplifyCFGPass(llvm::SimplifyCFGOptions()
                                             .convertSwitchRangeToICmp(true)
                                             .convertSwitchToArithmetic(true)
                                             .speculateUnpredictables(true)
                                             .hoistLoadsStoresWithCondFaulting(true)));
  llvm::ModulePassManager pipeline;
  pipeline.addPass(std::move(inliner));
  pipeline.addPass(llvm::GlobalDCEPass());
  pipeline.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(optimize),
                                                           /*EagerlyInvalidate=*/true));
  return pipeline;
}

llvm::ModulePassManager BuildLevel1() {
  llvm::FunctionPassManager optimize = MergeEqual();
  AddLoopInvariants(optimize);
  optimize.addPass(llvm::EarlyCSEPass());
  llvm::ModulePassManager pipeline;
  pipeline.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(optimize),
                                                           /*EagerlyInvalidate=*/true));
  return pipeline;
}

}  // namespace

llvm::PipelineTuningOptions TuningOf(int opt_level) {
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = opt_level >= 2;
  tuning.SLPVectorization = opt_level >= 2;
  tuning.LoopInterleaving = opt_level >= 2;
  return tuning;
}

llvm::ModulePassManager BuildPipeline(llvm::PassBuilder& passes, const llvm::TargetMachine& machine,
                                      int opt_level) {
  switch (opt_level) {
    case 0: return passes.buildO0DefaultPipeline(llvm::OptimizationLevel::O0);
    case 1: return BuildLevel1();
    case 2: return BuildLevel2(passes, machine);
    default:
      passes.registerVectorizerStartEPCallback(
          [&machine](llvm::FunctionPassManager& manager, llvm::OptimizationLevel) {
            AddLoopForms(manager, machine);
            manager.addPass(LimitUnrollingPass());
          });
      passes.registerScalarOptimizerLateEPCallback(
          [](llvm::FunctionPassManager& manager, llvm::OptimizationLevel) {
            AddStateMachines(manager);
          });
      return passes.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3);
  }
}

}  // namespace tenon::compiler
