// What this implementation accepts at most of a module, where the specification sets no or a much
// larger limit (appendix "Implementation Limitations"). The figures are those of the WebAssembly
// JavaScript interface where it has one.
#pragma once

#include <cstdint>

#include "format/container.h"

namespace tenon::wasm {

inline constexpr std::uint32_t kMaximumTypes = 1'000'000;
inline constexpr std::uint32_t kMaximumFunctions = 1'000'000;
inline constexpr std::uint32_t kMaximumImports = 1'000'000;
inline constexpr std::uint32_t kMaximumExports = 1'000'000;
inline constexpr std::uint32_t kMaximumGlobals = 1'000'000;
inline constexpr std::uint32_t kMaximumTags = 1'000'000;
inline constexpr std::uint32_t kMaximumTables = 100'000;
inline constexpr std::uint32_t kMaximumDataSegments = 100'000;
inline constexpr std::uint32_t kMaximumElementSegments = 10'000'000;
inline constexpr std::uint32_t kMaximumElements = 10'000'000;  // in one segment
inline constexpr std::uint32_t kMaximumParameters = 1'000;
inline constexpr std::uint32_t kMaximumResults = 1'000;
inline constexpr std::uint32_t kMaximumSupertypes = container::kMaximumSupertypes;
// Of a constant expression at a time, after folding (constant_folding.h): as many as the loader's
// evaluator takes.
inline constexpr std::uint32_t kMaximumConstantOperands = 64;
inline constexpr std::uint32_t kMaximumLocals = 50'000;  // of one function, without parameters

}  // namespace tenon::wasm
