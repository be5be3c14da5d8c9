// The table of architectures; see architecture.h.
#include "compiler/codegen/architecture.h"

namespace tenon::compiler {

namespace {

using container::Architecture;

constexpr CpuFeature kX86_64Features[] = {
#define TENON_CPU_FEATURE(number, name, ...) {number, name},
#include "format/cpu_features_x86_64.def"
};
constexpr CpuFeature kAarch64Features[] = {
#include "format/cpu_features_aarch64.def"
};
constexpr CpuFeature kRiscv64Features[] = {
#include "format/cpu_features_riscv64.def"
#undef TENON_CPU_FEATURE
};

constexpr ArchitectureInfo kArchitectures[] = {
    {.architecture = Architecture::kX86_64,
     .names = "x86_64 (also x86-64, amd64)",
     .triple = "x86_64-unknown-linux-gnu",
     .cpu = "x86-64-v2",
     .cpu_help = "x86-64-v2, x86-64-v3, x86-64-v4, or any CPU that LLVM knows and that has SSE4.1, "
                 "such as haswell, znver3, sapphirerapids",
     .features = "",
     .required = "+sse4.1",
     .below = "below x86-64-v2, the oldest level that generated code runs on",
     .stack_pointer = "rsp",
     .pointer_bits = 64,
     .has_guard_pages = true,
     .rounding_keeps_signalling_nans = false,
     .has_tail_convention = true,
     .trap = TrapInstruction::kUbsanTrap,
     .host_function = HostFunctionRegister::kNest,
     .cpu_features = kX86_64Features},
    {.architecture = Architecture::kAarch64,
     .names = "aarch64 (also aarch64v8, arm64)",
     .triple = "aarch64-unknown-linux-gnu",
     .cpu = "generic",
     .cpu_help = "generic (any ARMv8.0-A), or any CPU that LLVM knows, such as cortex-a53, "
                 "cortex-a76, neoverse-n1, apple-m1",
     .features = "",
     .required = "+neon",
     .below = "without NEON, which generated code needs",
     .stack_pointer = "sp",
     .pointer_bits = 64,
     .has_guard_pages = true,
     .rounding_keeps_signalling_nans = false,
     .has_tail_convention = true,
     .trap = TrapInstruction::kUbsanTrap,
     .host_function = HostFunctionRegister::kNest,
     .cpu_features = kAarch64Features},
    {.architecture = Architecture::kRiscv64,
     .names = "riscv64 (rv64gc)",
     .triple = "riscv64-unknown-linux-gnu",
     .cpu = "generic-rv64",
     .cpu_help = "generic-rv64 (any rv64gc), or any CPU that LLVM knows, such as sifive-u74, "
                 "spacemit-x60, xiangshan-nanhu",
     // Linux promises misaligned accesses to programs; byte by byte, a store could be half done
     // when it traps.
     .features = "+m,+a,+f,+d,+c,+unaligned-scalar-mem",
     .required = "+m,+a,+f,+d,+c",
     .below = "below rv64gc, the oldest level that generated code runs on",
     .stack_pointer = "sp",
     .pointer_bits = 64,
     .has_guard_pages = true,
     .rounding_keeps_signalling_nans = true,
     .has_tail_convention = false,
     .trap = TrapInstruction::kZeroHalfword,
     .host_function = HostFunctionRegister::kNest,
     .cpu_features = kRiscv64Features},
};

}  // namespace

std::span<const ArchitectureInfo> Architectures() { return kArchitectures; }

const ArchitectureInfo& InfoOf(const llvm::Module& module) {
  for (const ArchitectureInfo& info : kArchitectures) {
    if (module.getTargetTriple().str() == info.triple) return info;
  }
  return kArchitectures[0];
}

}  // namespace tenon::compiler
