// Targets and CPU levels. Only what the loader can run is offered: today x86-64 from x86-64-v2 up
// (rounding needs SSE4.1; below it LLVM would call a C library that is not there).
#include "compiler/codegen/target.h"

#include <llvm/ADT/StringMap.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/CodeGen.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/Triple.h>

#include <mutex>

namespace tenon::compiler {

namespace {

constexpr const char* kPortableCpu = "x86-64-v2";

void InitializeTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
  });
}

std::string HostFeatures() {
  std::string features;
  for (const auto& feature : llvm::sys::getHostCPUFeatures()) {
    if (!features.empty()) features += ',';
    features += (feature.second ? "+" : "-") + feature.first().str();
  }
  return features;
}

}  // namespace

std::string TargetHelp() { return "x86_64 (also x86-64, amd64, x86_64-unknown-linux-gnu)\n"; }

std::string CpuHelp() {
  return "x86-64-v2 (default), x86-64-v3, x86-64-v4, native (this machine), or any x86-64 CPU "
         "name\n"
         "that LLVM knows and that has SSE4.1, such as haswell, znver3 or sapphirerapids\n";
}

Result<TargetDescription> ResolveTarget(const std::string& target, const std::string& cpu,
                                        const std::string& cpu_features) {
  InitializeTargets();
  const std::string name =
      target == "x86-64" || target == "amd64" || target.empty() ? "x86_64" : target;
  const llvm::Triple triple(name);
  if (triple.getArch() != llvm::Triple::x86_64) {
    return Error::Format("target \"%s\" is not supported; this compiler generates code for x86_64",
                         target.c_str());
  }
  TargetDescription description;
  description.triple = "x86_64-unknown-linux-gnu";
  description.cpu = cpu.empty() ? kPortableCpu : cpu;
  if (description.cpu == "native") {
    description.cpu = llvm::sys::getHostCPUName().str();
    description.features = HostFeatures();
  }
  if (!cpu_features.empty()) {
    if (!description.features.empty()) description.features += ',';
    description.features += cpu_features;
  }

  const std::unique_ptr<llvm::TargetMachine> machine = MakeTargetMachine(description, 0);
  if (machine == nullptr)
    return Error::Format("LLVM has no code generator for %s", description.triple.c_str());
  const llvm::MCSubtargetInfo& subtarget = *machine->getMCSubtargetInfo();
  if (!subtarget.isCPUStringValid(description.cpu)) {
    return Error::Format("CPU \"%s\" is not known; --cpu=help lists what is", cpu.c_str());
  }
  if (!subtarget.checkFeatures("+sse4.1")) {
    return Error::Format(
        "CPU \"%s\" is below x86-64-v2, the oldest level that generated code runs on",
        description.cpu.c_str());
  }
  static constexpr struct {
    std::uint32_t number;
    const char* name;
  } kFeatures[] = {
#define TENON_CPU_FEATURE(number, name, ...) {number, name},
#include "format/cpu_features.def"
#undef TENON_CPU_FEATURE
  };
  for (const auto& feature : kFeatures) {
    if (!subtarget.checkFeatures(std::string("+") + feature.name)) continue;
    description.required_features[feature.number / 64] |= std::uint64_t{1} << (feature.number % 64);
  }
  return description;
}

std::unique_ptr<llvm::TargetMachine> MakeTargetMachine(const TargetDescription& description,
                                                       int opt_level) {
  InitializeTargets();
  std::string error;
  const llvm::Triple triple(description.triple);
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (target == nullptr) return nullptr;
  llvm::TargetOptions options;
  options.EmitStackSizeSection = true;
  options.FunctionSections = true;
  options.TrapUnreachable = false;
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  static constexpr llvm::CodeGenOptLevel kLevels[] = {
      llvm::CodeGenOptLevel::None, llvm::CodeGenOptLevel::Less, llvm::CodeGenOptLevel::Default,
      llvm::CodeGenOptLevel::Aggressive};
  return std::unique_ptr<llvm::TargetMachine>(
      target->createTargetMachine(triple, description.cpu, description.features, options,
                                  llvm::Reloc::PIC_, llvm::CodeModel::Small, kLevels[opt_level]));
}

}  // namespace tenon::compiler
