// Targets and CPU levels, from the table in architecture.cc: only what the loader can run.
#include "compiler/target/target.h"

#include <llvm/ADT/StringMap.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/CodeGen.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/Triple.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "compiler/target/architecture.h"

namespace tenon::compiler {

namespace {

void InitializeTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
#define TENON_INITIALIZE(name)        \
  LLVMInitialize##name##TargetInfo(); \
  LLVMInitialize##name##Target();     \
  LLVMInitialize##name##TargetMC();   \
  LLVMInitialize##name##AsmPrinter(); \
  LLVMInitialize##name##AsmParser();
    TENON_INITIALIZE(X86)
    TENON_INITIALIZE(AArch64)
    TENON_INITIALIZE(RISCV)
    TENON_INITIALIZE(ARM)
#undef TENON_INITIALIZE
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

void AppendFeatures(std::string& features, const std::string& more) {
  if (more.empty()) return;
  if (!features.empty()) features += ',';
  features += more;
}

// Names of architectures that LLVM does not know: wamrc's, Rust's, Debian's.
std::string LlvmName(const std::string& target) {
  static constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"x86-64", "x86_64"},     {"amd64", "x86_64"},          {"armhf", "armv7"},
      {"riscv64gc", "riscv64"}, {"riscv64_lp64d", "riscv64"},
  };
  // These carry the architecture's version (aarch64v8, aarch64v8.2).
  if (target.starts_with("aarch64v8"))
    return "aarch64" + target.substr(std::min(target.find('-'), target.size()));
  for (const auto& [other, name] : kNames) {
    if (target == other || target.starts_with(std::string(other) + "-"))
      return std::string(name) + target.substr(other.size());
  }
  return target;
}

// By wamrc's name or LLVM triple.
Result<const ArchitectureInfo*> FindArchitecture(const std::string& target) {
  const llvm::Triple triple(llvm::Triple::normalize(
      target.empty() ? llvm::sys::getDefaultTargetTriple() : LlvmName(target)));
  const bool is_linux = triple.getOS() == llvm::Triple::UnknownOS || triple.isOSLinux();
  // Of 32-bit ARM there is one form, in ARM state, which what can run Thumb code for it runs too.
  const bool is_arm = triple.isARM() || triple.isThumb();
  const auto arm_fits = [&] {
    const std::string_view version = triple.getArchName();
    const bool version_fits = version == "arm" || version == "armv7" || version == "armv7a" ||
                              version == "armv7l" || version == "armhf" || version == "thumbv7" ||
                              version == "thumbv7a" || version == "thumb";
    const auto environment = triple.getEnvironment();
    return version_fits && triple.isLittleEndian() &&
           (environment == llvm::Triple::UnknownEnvironment ||
            environment == llvm::Triple::GNUEABIHF || environment == llvm::Triple::EABIHF ||
            environment == llvm::Triple::MuslEABIHF);
  };
  if (is_arm && !arm_fits()) {
    return Error::Format(
        "target \"%s\" is not supported: of 32-bit ARM there is armv7 (ARMv7-A, hard float), "
        "armv7-linux-gnueabihf",
        target.c_str());
  }
  for (const ArchitectureInfo& info : Architectures()) {
    const llvm::Triple known(info.triple);
    if (is_arm ? !known.isARM() : triple.getArch() != known.getArch()) continue;
    if (is_linux && triple.isOSBinFormatELF()) return &info;
    return Error::Format("target \"%s\" is not supported: generated code runs on Linux only",
                         target.c_str());
  }
  std::string known;
  for (const ArchitectureInfo& info : Architectures()) {
    const std::string_view names = info.names;
    known += (known.empty() ? "" : ", ") + std::string(names.substr(0, names.find(' ')));
  }
  return Error::Format("target \"%s\" is not supported; this compiler generates code for %s",
                       target.c_str(), known.c_str());
}

constexpr std::size_t kHelpWidth = 90;

// What LLVM knows of a CPU; null if this LLVM has no code generator for the architecture.
std::unique_ptr<llvm::MCSubtargetInfo> Subtarget(const ArchitectureInfo& info, llvm::StringRef cpu,
                                                 llvm::StringRef features) {
  std::string error;
  const llvm::Triple triple(info.triple);
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (target == nullptr) return nullptr;
  return std::unique_ptr<llvm::MCSubtargetInfo>(
      target->createMCSubtargetInfo(triple, cpu, features));
}

// Those that LLVM knows and that can run generated code.
std::vector<std::string> CpusOf(const ArchitectureInfo& info) {
  std::vector<std::string> names;
  const auto all = Subtarget(info, info.cpu, "");
  if (all == nullptr) return names;
  for (const llvm::SubtargetSubTypeKV& known : all->getAllProcessorDescriptions()) {
    if (Subtarget(info, known.Key, info.features)->checkFeatures(info.required))
      names.emplace_back(known.Key);
  }
  return names;
}

// LLVM would only warn of features that it does not know.
Status CheckFeatureNames(const ArchitectureInfo& info, const llvm::MCSubtargetInfo& subtarget,
                         llvm::StringRef features) {
  llvm::SmallVector<llvm::StringRef> names;
  features.split(names, ',', -1, /*KeepEmpty=*/false);
  for (const llvm::StringRef name : names) {
    const bool is_known = llvm::any_of(subtarget.getAllProcessorFeatures(), [&](const auto& known) {
      return name.drop_front() == known.Key;
    });
    if (is_known && (name[0] == '+' || name[0] == '-')) continue;
    return Error::Format(
        "CPU feature \"%s\" is not known for %s; features are given as +avx2,-bmi2",
        name.str().c_str(), container::ArchitectureName(info.architecture));
  }
  return Status::Ok();
}

}  // namespace

std::string TargetHelp() {
  std::string text;
  for (const ArchitectureInfo& info : Architectures()) {
    text += std::string(info.names) + ", " + info.triple + "\n";
  }
  return text;
}

Result<std::string> CpuHelp(const std::vector<std::string>& targets) {
  InitializeTargets();
  std::vector<const ArchitectureInfo*> wanted;
  for (const std::string& target : targets) {
    TENON_ASSIGN_OR_RETURN(const ArchitectureInfo* info, FindArchitecture(target));
    wanted.push_back(info);
  }
  if (wanted.empty()) {
    for (const ArchitectureInfo& info : Architectures()) wanted.push_back(&info);
  }
  std::string text = "native: this machine, where it is of the target's architecture\n";
  for (const ArchitectureInfo* info : wanted) {
    text += std::string(container::ArchitectureName(info->architecture)) + ": default " +
            info->cpu + "; " + info->cpu_help;
    std::size_t column = kHelpWidth;
    for (const std::string& cpu : CpusOf(*info)) {
      if (column + 1 + cpu.size() > kHelpWidth) {
        text += "\n ";
        column = 1;
      }
      text += ' ' + cpu;
      column += 1 + cpu.size();
    }
    text += '\n';
  }
  return text;
}

Result<TargetDescription> ResolveTarget(const std::string& target, const std::string& cpu,
                                        const std::string& cpu_features) {
  InitializeTargets();
  TENON_ASSIGN_OR_RETURN(const ArchitectureInfo* info, FindArchitecture(target));
  TargetDescription description;
  description.architecture = info->architecture;
  description.triple = info->triple;
  description.has_guard_pages = info->has_guard_pages;
  description.cpu = cpu.empty() ? info->cpu : cpu;
  AppendFeatures(description.features, info->features);
  if (description.cpu == "native") {
    if (llvm::Triple(llvm::sys::getDefaultTargetTriple()).getArch() !=
        llvm::Triple(info->triple).getArch()) {
      return Error::Format("CPU \"native\" is this machine's, which is no %s; name a CPU",
                           container::ArchitectureName(info->architecture));
    }
    description.cpu = llvm::sys::getHostCPUName().str();
    AppendFeatures(description.features, HostFeatures());
  }
  AppendFeatures(description.features, cpu_features);

  // Before LLVM is told of the CPU, which it would complain about in its own way.
  const auto any_cpu = Subtarget(*info, info->cpu, "");
  if (any_cpu == nullptr)
    return Error::Format("LLVM has no code generator for %s", description.triple.c_str());
  if (!any_cpu->isCPUStringValid(description.cpu)) {
    return Error::Format("CPU \"%s\" is not known for %s; --cpu=help lists what is", cpu.c_str(),
                         container::ArchitectureName(info->architecture));
  }
  TENON_TRY(CheckFeatureNames(*info, *any_cpu, cpu_features));
  const auto subtarget = Subtarget(*info, description.cpu, description.features);
  if (!subtarget->checkFeatures(info->required)) {
    return Error::Format("CPU \"%s\"%s is %s", description.cpu.c_str(),
                         cpu_features.empty() ? "" : " with these features", info->below);
  }
  for (const CpuFeature& feature : info->cpu_features) {
    if (!subtarget->checkFeatures(std::string("+") + feature.name)) continue;
    description.required_features[feature.number / 64] |= std::uint64_t{1} << (feature.number % 64);
  }
  return description;
}

Result<container::Architecture> ArchitectureOf(const std::string& target) {
  TENON_ASSIGN_OR_RETURN(const ArchitectureInfo* info, FindArchitecture(target));
  return info->architecture;
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
