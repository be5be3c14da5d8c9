// Times each of LLVM's passes for the time report.
#pragma once

#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/PassInstrumentation.h>

#include "compiler/time_report.h"

namespace tenon::compiler {

// Tells `times` of every pass and analysis of the new pass manager. `times` must outlive the runs.
void TimePasses(llvm::PassInstrumentationCallbacks& callbacks, StepTimes& times);

// A pass manager for code generation that charges `times`, if there are any, for each pass added.
class TimedCodeGenPasses : public llvm::legacy::PassManager {
 public:
  explicit TimedCodeGenPasses(StepTimes* times) : times_(times) {}
  void add(llvm::Pass* pass) override;

 private:
  StepTimes* times_;
  std::string pending_;  // passes added since the last that was followed by a clock
};

}  // namespace tenon::compiler
