// The new pass manager has callbacks for it. The legacy one, which generates code, has only
// timers that count the whole process's time, so passes that read the clock stand between its own.
#include "compiler/codegen/timed_passes.h"

#include <llvm/IR/Function.h>
#include <llvm/IR/Module.h>
#include <llvm/Pass.h>

#include <utility>

namespace tenon::compiler {

namespace {

class FunctionClock : public llvm::FunctionPass {
 public:
  FunctionClock(StepTimes& times, std::string step)
      : FunctionPass(kId), times_(times), step_(std::move(step)) {}
  bool runOnFunction(llvm::Function& /*function*/) override {
    times_.Charge(step_);
    return false;
  }
  void getAnalysisUsage(llvm::AnalysisUsage& usage) const override { usage.setPreservesAll(); }

 private:
  static char kId;
  StepTimes& times_;
  std::string step_;
};

class ModuleClock : public llvm::ModulePass {
 public:
  ModuleClock(StepTimes& times, std::string step)
      : ModulePass(kId), times_(times), step_(std::move(step)) {}
  bool runOnModule(llvm::Module& /*module*/) override {
    times_.Charge(step_);
    return false;
  }
  void getAnalysisUsage(llvm::AnalysisUsage& usage) const override { usage.setPreservesAll(); }

 private:
  static char kId;
  StepTimes& times_;
  std::string step_;
};

char FunctionClock::kId = 0;
char ModuleClock::kId = 0;

}  // namespace

void TimePasses(llvm::PassInstrumentationCallbacks& callbacks, StepTimes& times) {
  callbacks.registerBeforeNonSkippedPassCallback(
      [&times](llvm::StringRef pass, const llvm::Any& /*ir*/) { times.Begin(pass); });
  callbacks.registerAfterPassCallback(
      [&times](llvm::StringRef /*pass*/, const llvm::Any& /*ir*/,
               const llvm::PreservedAnalyses& /*preserved*/) { times.End(); });
  callbacks.registerAfterPassInvalidatedCallback(
      [&times](llvm::StringRef /*pass*/, const llvm::PreservedAnalyses& /*preserved*/) {
        times.End();
      });
  callbacks.registerBeforeAnalysisCallback(
      [&times](llvm::StringRef analysis, const llvm::Any& /*ir*/) { times.Begin(analysis); });
  callbacks.registerAfterAnalysisCallback(
      [&times](llvm::StringRef /*analysis*/, const llvm::Any& /*ir*/) { times.End(); });
}

void TimedCodeGenPasses::add(llvm::Pass* pass) {
  if (times_ == nullptr) return PassManager::add(pass);
  // The pass may be gone once it is added: what is available is not added again.
  const llvm::PassKind kind = pass->getPassKind();
  const bool does_nothing = pass->getAsImmutablePass() != nullptr;
  const std::string name = pass->getPassName().str();
  PassManager::add(pass);
  if (does_nothing) return;
  pending_ += (pending_.empty() ? "" : ", ") + name;
  // A clock behind a loop pass would part it from the next one.
  if (kind == llvm::PT_Function) {
    PassManager::add(new FunctionClock(*times_, std::exchange(pending_, {})));
  } else if (kind == llvm::PT_Module) {
    PassManager::add(new ModuleClock(*times_, std::exchange(pending_, {})));
  }
}

}  // namespace tenon::compiler
