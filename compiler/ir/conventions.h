// What our LLVM IR means beyond what LLVM's language reference says.
#pragma once

namespace tenon::compiler {

// The alias type of accesses to linear memories, by which they are known.
inline constexpr const char* kMemoryType = "linear memory";
// The alias type of loads from memory descriptors (abi::MemoryInstance), by which they are known.
inline constexpr const char* kMemoryDescriptorType = "memory descriptor";

}  // namespace tenon::compiler
