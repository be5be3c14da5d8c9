// The new pass manager has callbacks for it. The legacy one, which generates code, has only
// timers that count the whole process's time, so passes that read the clock stand between its own.
#include "compiler/target/timed_passes.h"

#include <llvm/IR/Function.h>
#include <llvm/IR/Module.h>
#include <llvm/Pass.h>

#include <utility>

namespace tenon::compiler {

namespace {

// Charges the time since the last one to `step`.
template <typename Pass>
class Clock : public Pass {
 public:
  Clock(StepTimes& times, std::string step) : Pass(kId), times_(times), step_(std::move(step)) {}
  void getAnalysisUsage(llvm::AnalysisUsage& usage) const override { usage.setPreservesAll(); }

 protected:
  bool Charge() {
    times_.Charge(step_);
    return false;  // nothing is changed
  }

 private:
  static inline char kId = 0;  // LLVM tells passes apart by its address
  StepTimes& times_;
  std::string step_;
};

struct FunctionClock : Clock<llvm::FunctionPass> {
  using Clock::Clock;
  bool runOnFunction(llvm::Function& /*function*/) override { return Charge(); }
};

struct ModuleClock : Clock<llvm::ModulePass> {
  using Clock::Clock;
  bool runOnModule(llvm::Module& /*module*/) override { return Charge(); }
};

}  // namespace

void TimePasses(llvm::PassInstrumentationCallbacks& callbacks, StepTimes& times) {
  callbacks.registerBeforeNonSkippedPassCallback(
      [&times](llvm::StringRef pass, const llvm::Any& /*ir*/) {
        pass.consume_front("tenon::compiler::");
        times.Begin(pass);
      });
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
