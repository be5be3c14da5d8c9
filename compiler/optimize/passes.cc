// See passes.h. Nothing here says when a pass runs: that is order.cc.
#include "compiler/optimize/passes.h"

#include "compiler/optimize/checks/hoist_checks.h"
#include "compiler/optimize/checks/hoist_descriptors.h"
#include "compiler/optimize/checks/merge_checks.h"
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

template <typename Pass>
bool IsRequired() {
  if constexpr (requires { Pass::isRequired(); }) return Pass::isRequired();
  return false;
}

struct OwnPass {
  llvm::StringRef name;
  bool is_required;
};

const OwnPass kOwnPasses[] = {
#define TENON_FUNCTION_PASS(text, Class) {text, IsRequired<Class>()},
#define TENON_MACHINE_PASS TENON_FUNCTION_PASS
#define TENON_MODULE_PASS TENON_FUNCTION_PASS
#include "compiler/optimize/passes.def"
#undef TENON_FUNCTION_PASS
#undef TENON_MACHINE_PASS
#undef TENON_MODULE_PASS
};

const OwnPass* FindOwn(llvm::StringRef name) {
  for (const OwnPass& pass : kOwnPasses) {
    if (pass.name == name) return &pass;
  }
  return nullptr;
}

bool ParseFunctionPass(llvm::StringRef wanted, llvm::FunctionPassManager& manager,
                       const llvm::TargetMachine& machine) {
#define TENON_FUNCTION_PASS(text, Class) \
  if (wanted == text) return manager.addPass(Class()), true;
#define TENON_MACHINE_PASS(text, Class) \
  if (wanted == text) return manager.addPass(Class(machine)), true;
#define TENON_MODULE_PASS(text, Class)
#include "compiler/optimize/passes.def"
#undef TENON_FUNCTION_PASS
#undef TENON_MACHINE_PASS
#undef TENON_MODULE_PASS
  return false;
}

bool ParseModulePass(llvm::StringRef wanted, llvm::ModulePassManager& manager) {
#define TENON_FUNCTION_PASS(text, Class)
#define TENON_MACHINE_PASS(text, Class)
#define TENON_MODULE_PASS(text, Class) \
  if (wanted == text) return manager.addPass(Class()), true;
#include "compiler/optimize/passes.def"
#undef TENON_FUNCTION_PASS
#undef TENON_MACHINE_PASS
#undef TENON_MODULE_PASS
  return false;
}

}  // namespace

void RegisterPasses(llvm::PassBuilder& passes, llvm::PassInstrumentationCallbacks& callbacks,
                    const llvm::TargetMachine& machine) {
  using Elements = llvm::ArrayRef<llvm::PassBuilder::PipelineElement>;
  passes.registerPipelineParsingCallback(
      [&machine](llvm::StringRef name, llvm::FunctionPassManager& manager, Elements) {
        return ParseFunctionPass(name, manager, machine);
      });
  passes.registerPipelineParsingCallback([](llvm::StringRef name, llvm::ModulePassManager& manager,
                                            Elements) { return ParseModulePass(name, manager); });
#define TENON_FUNCTION_PASS(text, Class) callbacks.addClassToPassName(Class::name(), text);
#define TENON_MACHINE_PASS TENON_FUNCTION_PASS
#define TENON_MODULE_PASS TENON_FUNCTION_PASS
#include "compiler/optimize/passes.def"
#undef TENON_FUNCTION_PASS
#undef TENON_MACHINE_PASS
#undef TENON_MODULE_PASS
}

Status CheckPassOptions(const PassOptions& options, llvm::PassBuilder& passes) {
  for (const std::string& name : options.disabled) {
    const OwnPass* pass = FindOwn(name);
    if (pass == nullptr) {
      return Error::Format("--disable-pass=%s: Tenon has no such pass (--print-passes lists them)",
                           name.c_str());
    }
    if (pass->is_required) {
      return Error::Format("--disable-pass=%s: without this pass code would be wrong",
                           name.c_str());
    }
  }
  for (const std::string& name : options.printed_after) {
    if (FindOwn(name) != nullptr) continue;
    llvm::ModulePassManager unused;
    if (llvm::Error unknown = passes.parsePassPipeline(unused, name)) {
      llvm::consumeError(std::move(unknown));
      return Error::Format("--print-after=%s: there is no such pass (--print-passes lists them)",
                           name.c_str());
    }
  }
  return Status::Ok();
}

}  // namespace tenon::compiler
