// The table of architectures; see architecture.h.
#include "compiler/target/architecture.h"

#include "compiler/target/arm_support.h"

namespace tenon::compiler {

namespace {

using container::Architecture;

constexpr CpuFeature kX86_64Features[] = {
#define TENON_CPU_FEATURE(number, name, ...) {number, name},
#include "format/tables/cpu_features_x86_64.def"
};
constexpr CpuFeature kAarch64Features[] = {
#include "format/tables/cpu_features_aarch64.def"
};
constexpr CpuFeature kRiscv64Features[] = {
#include "format/tables/cpu_features_riscv64.def"
};
constexpr CpuFeature kArmFeatures[] = {
#include "format/tables/cpu_features_arm.def"
#undef TENON_CPU_FEATURE
};

constexpr ArchitectureInfo kArchitectures[] = {
    {.architecture = Architecture::kX86_64,
     .names = "x86_64 (also x86-64, amd64)",
     .triple = "x86_64-unknown-linux-gnu",
     .cpu = "x86-64-v2",
     .cpu_help = "x86-64 (SSE2 alone) to x86-64-v4 are the psABI's levels",
     .features = "",
     .required = "+64bit,+sse2,-soft-float,-16bit-mode,-32bit-mode",
     .below = "no x86-64 with SSE2, which generated code needs",
     .stack_pointer = "rsp",
     .pointer_bits = 64,
     .has_guard_pages = true,
     .rounding = "+sse4.1",
     .rounding_keeps_signalling_nans = false,
     .selects_minimum = true,
     .has_tail_convention = true,
     .unwinds_by_table = true,
     .fused_multiply_add = "+fma",
     .support = nullptr,
     .trap = TrapInstruction::kUbsanTrap,
     .host_function = HostFunctionRegister::kNest,
     .cpu_features = kX86_64Features},
    {.architecture = Architecture::kAarch64,
     .names = "aarch64 (also aarch64v8 to aarch64v8.5, arm64)",
     .triple = "aarch64-unknown-linux-gnu",
     .cpu = "generic",
     .cpu_help = "generic is any ARMv8.0-A",
     .features = "",
     .required = "+neon",
     .below = "without NEON, which generated code needs",
     .stack_pointer = "sp",
     .pointer_bits = 64,
     .has_guard_pages = true,
     .rounding = "",
     .rounding_keeps_signalling_nans = false,
     .selects_minimum = true,
     .has_tail_convention = true,
     .unwinds_by_table = false,
     .fused_multiply_add = "+neon",
     .support = nullptr,
     .trap = TrapInstruction::kUbsanTrap,
     .host_function = HostFunctionRegister::kNest,
     .cpu_features = kAarch64Features},
    {.architecture = Architecture::kRiscv64,
     .names = "riscv64 (also riscv64gc, riscv64_lp64d)",
     .triple = "riscv64-unknown-linux-gnu",
     .cpu = "generic-rv64",
     .cpu_help = "generic-rv64 is any rv64gc",
     // Linux promises misaligned accesses to programs; byte by byte, a store could be half done
     // when it traps.
     .features = "+m,+a,+f,+d,+c,+unaligned-scalar-mem",
     .required = "+64bit,-32bit,-e,+m,+a,+f,+d,+c",
     .below = "no rv64gc, which generated code needs",
     .stack_pointer = "sp",
     .pointer_bits = 64,
     .has_guard_pages = true,
     .rounding = "",
     .rounding_keeps_signalling_nans = true,
     .selects_minimum = true,
     .has_tail_convention = false,
     .unwinds_by_table = false,
     .fused_multiply_add = "+d",
     .support = nullptr,
     .trap = TrapInstruction::kZeroHalfword,
     .host_function = HostFunctionRegister::kNest,
     .cpu_features = kRiscv64Features},
    {.architecture = Architecture::kArm,
     .names = "armv7 (also armv7a, thumbv7, armhf: ARM-state code, hard float)",
     .triple = "armv7-unknown-linux-gnueabihf",
     .cpu = "generic",
     .cpu_help = "generic is any ARMv7-A with VFPv3-D16",
     // NEON takes small floating-point numbers for zero, which WebAssembly does not allow.
     .features = "-neon,-d32,+vfp3d16",
     .required = "+aclass,+v7,+vfp3d16,-neon,-soft-float,-thumb-mode",
     .below =
         "not ARMv7-A in ARM state with VFPv3-D16 and without NEON, which generated code needs",
     .stack_pointer = "sp",
     .pointer_bits = 32,
     .has_guard_pages = false,
     .rounding = "+fp-armv8d16",
     .rounding_keeps_signalling_nans = false,
     .selects_minimum = false,
     .has_tail_convention = true,
     .unwinds_by_table = false,
     .fused_multiply_add = "+vfp4d16",
     .support = ArmSupport,
     .trap = TrapInstruction::kNone,
     .host_function = HostFunctionRegister::kContext,
     .cpu_features = kArmFeatures},
};

}  // namespace

std::span<const ArchitectureInfo> Architectures() { return kArchitectures; }

const ArchitectureInfo& InfoOf(const llvm::Module& module) {
  for (const ArchitectureInfo& info : kArchitectures) {
    if (module.getTargetTriple().str() == info.triple) return info;
  }
  return kArchitectures[0];
}

void MakeTraceable(llvm::Function& function, bool callees_move_stack) {
  const bool by_table = InfoOf(*function.getParent()).unwinds_by_table;
  if (by_table) function.setUWTableKind(llvm::UWTableKind::Sync);
  if (!by_table || callees_move_stack) function.addFnAttr("frame-pointer", "all");
}

}  // namespace tenon::compiler
