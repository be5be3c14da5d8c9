// See instrumentation.h.
#include "compiler/optimize/instrumentation.h"

#include <llvm/ADT/Any.h>
#include <llvm/ADT/STLExtras.h>
#include <llvm/Analysis/LazyCallGraph.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/raw_ostream.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "compiler/ir/verify.h"
#include "compiler/target/timed_passes.h"

namespace tenon::compiler {

namespace {

// The function that a pass runs on or in; null for modules and parts of the call graph.
const llvm::Function* FunctionOf(const llvm::Any& unit) {
  if (const auto* function = llvm::any_cast<const llvm::Function*>(&unit)) return *function;
  if (const auto* loop = llvm::any_cast<const llvm::Loop*>(&unit))
    return (*loop)->getHeader()->getParent();
  return nullptr;
}

void SkipPasses(llvm::PassInstrumentationCallbacks& callbacks, const PassOptions& options) {
  callbacks.registerShouldRunOptionalPassCallback(
      [&callbacks, &options](llvm::StringRef pass, const llvm::Any& unit) {
        const llvm::Function* function = FunctionOf(unit);
        if (function != nullptr && function->hasOptNone()) return false;
        return options.disabled.empty() ||
               !llvm::is_contained(options.disabled, callbacks.getPassNameForClassName(pass));
      });
}

std::string TextOf(const llvm::Any& unit) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  if (const llvm::Function* function = FunctionOf(unit)) {
    function->print(stream);
  } else if (const auto* module = llvm::any_cast<const llvm::Module*>(&unit)) {
    (*module)->print(stream, nullptr);
  } else if (const auto* part = llvm::any_cast<const llvm::LazyCallGraph::SCC*>(&unit)) {
    for (const llvm::LazyCallGraph::Node& node : **part) node.getFunction().print(stream);
  }
  return text;
}

// In one piece: other threads may print too.
void PrintAfter(llvm::PassInstrumentationCallbacks& callbacks, const PassOptions& options) {
  if (options.printed_after.empty()) return;
  callbacks.registerAfterPassCallback(
      [&callbacks, &options](llvm::StringRef pass, const llvm::Any& unit,
                             const llvm::PreservedAnalyses& /*preserved*/) {
        const llvm::StringRef name = callbacks.getPassNameForClassName(pass);
        if (!llvm::is_contained(options.printed_after, name)) return;
        const std::string text = "; after " + name.str() + "\n" + TextOf(unit) + "\n";
        std::fwrite(text.data(), 1, text.size(), stderr);
      });
}

#ifndef NDEBUG
void VerifyAfter(llvm::PassInstrumentationCallbacks& callbacks) {
  callbacks.registerAfterPassCallback([](llvm::StringRef pass, const llvm::Any& unit,
                                         const llvm::PreservedAnalyses& /*preserved*/) {
    std::string problem;
    if (const llvm::Function* function = FunctionOf(unit)) {
      problem = FindFault(*function);
    } else if (const auto* module = llvm::any_cast<const llvm::Module*>(&unit)) {
      problem = FindFault(**module);
    }
    if (problem.empty()) return;
    std::fprintf(stderr, "tenonc: internal error: after %s: %s\n", pass.str().c_str(),
                 problem.c_str());
    std::abort();
  });
}
#endif

}  // namespace

void InstrumentPasses(llvm::PassInstrumentationCallbacks& callbacks, const PassOptions& options,
                      StepTimes* times) {
  SkipPasses(callbacks, options);
  PrintAfter(callbacks, options);
  if (times != nullptr) TimePasses(callbacks, *times);
#ifndef NDEBUG
  VerifyAfter(callbacks);
#endif
}

}  // namespace tenon::compiler
