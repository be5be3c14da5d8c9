// What happens around each pass: which ones are left out, what is timed, printed and verified.
#pragma once

#include <llvm/IR/PassInstrumentation.h>

#include "compiler/optimize/pass_options.h"
#include "compiler/time_report.h"

namespace tenon::compiler {

// Adds to `callbacks`:
// - optional passes skip functions with `optnone`, as in LLVM's own drivers, and those of
//   `options.disabled` run nowhere;
// - IR is printed to standard error after the passes of `options.printed_after`;
// - `times`, if there are any, are told of every pass and analysis;
// - in debug builds, each pass leaves a valid module that keeps our conventions (ir/verify.h).
// `options` and `times` must outlive the runs.
void InstrumentPasses(llvm::PassInstrumentationCallbacks& callbacks, const PassOptions& options,
                      StepTimes* times);

}  // namespace tenon::compiler
