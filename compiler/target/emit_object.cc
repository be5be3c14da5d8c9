// Drives LLVM's code generator; see emit_object.h.
#include "compiler/target/emit_object.h"

#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/AsmParser/Parser.h>
#include <llvm/CodeGen/CodeGenTargetMachineImpl.h>
#include <llvm/CodeGen/MachineModuleInfo.h>
#include <llvm/CodeGen/Passes.h>
#include <llvm/CodeGen/TargetPassConfig.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Support/raw_ostream.h>

#include <optional>

#include "compiler/target/architecture.h"
#include "compiler/target/covered_checks.h"
#include "compiler/target/timed_passes.h"

namespace tenon::compiler {

namespace {

// As TargetMachine::addPassesToEmitFile does, with ours last before the object is written. False:
// the target has no code generator, or no object writer.
bool AddCodeGeneration(llvm::legacy::PassManager& passes, llvm::TargetMachine& machine,
                       const MemoryPlaces* guards, llvm::raw_pwrite_stream& stream) {
  auto& target = static_cast<llvm::CodeGenTargetMachineImpl&>(machine);
  auto* information = new llvm::MachineModuleInfoWrapperPass(&target);
  llvm::TargetPassConfig* config = target.createPassConfig(passes);
  config->setDisableVerify(true);
  passes.add(config);
  passes.add(information);
  if (config->addISelPasses()) return false;
  config->addMachinePasses();
  config->setInitialized();
  if (guards != nullptr) passes.add(MakeCoveredChecksPass(*guards));
  if (target.addAsmPrinter(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile,
                           information->getMMI().getContext())) {
    return false;
  }
  passes.add(llvm::createFreeMachineFunctionPass());
  return true;
}

}  // namespace

Result<std::vector<std::uint8_t>> EmitObject(llvm::Module& module, llvm::TargetMachine& machine,
                                             const MemoryPlaces* guards, TimeReport* report) {
  const StageTimer timer(report, TimeReport::Stage::kGenerate);
  std::optional<StepTimes> times;
  if (report != nullptr) times.emplace(*report, TimeReport::Stage::kGenerate);
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  TimedCodeGenPasses passes(times ? &*times : nullptr);
  // Code generation must not turn anything into library calls either.
  auto library = std::make_unique<llvm::TargetLibraryInfoImpl>(module.getTargetTriple());
  library->disableAllFunctions();
  passes.add(new llvm::TargetLibraryInfoWrapperPass(*library));
  if (!AddCodeGeneration(passes, machine, guards, stream)) {
    return Error::Format("LLVM cannot emit objects for %s", module.getTargetTriple().str().c_str());
  }
  passes.run(module);
  return std::vector<std::uint8_t>(bytes.begin(), bytes.end());
}

void SetTarget(llvm::Module& module, const llvm::TargetMachine& machine) {
  module.setTargetTriple(machine.getTargetTriple());
  module.setDataLayout(machine.createDataLayout());
  module.setPICLevel(llvm::PICLevel::SmallPIC);
}

void SetTargetOfFunctions(llvm::Module& module, const llvm::TargetMachine& machine) {
  for (llvm::Function& function : module) {
    if (function.isDeclaration()) continue;
    function.addFnAttr("target-cpu", machine.getTargetCPU());
    function.addFnAttr("target-features", machine.getTargetFeatureString());
  }
}

Result<std::vector<std::uint8_t>> EmitSupport(const TargetDescription& target) {
  const std::unique_ptr<llvm::TargetMachine> machine = MakeTargetMachine(target, 2);
  llvm::LLVMContext context;
  llvm::Module module("support", context);
  SetTarget(module, *machine);
  const auto support = InfoOf(module).support;
  if (support == nullptr) return std::vector<std::uint8_t>{};
  const std::string text = support();
  llvm::SMDiagnostic problem;
  if (llvm::parseAssemblyInto(llvm::MemoryBufferRef(text, "support"), &module, nullptr, problem)) {
    return Error::Format("internal error: support functions, line %d: %s", problem.getLineNo(),
                         problem.getMessage().str().c_str());
  }
  SetTargetOfFunctions(module, *machine);
  for (llvm::Function& function : module) {
    if (!function.isDeclaration()) MakeTraceable(function, /*callees_move_stack=*/false);
  }
  return EmitObject(module, *machine, nullptr, nullptr);
}

}  // namespace tenon::compiler
