// --enable-FEATURE and --disable-FEATURE, as wamrc has them.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "format/container.h"

namespace tenon::compiler {

// All features are enabled at first; `disabled` gets those that the command line turns off and must
// outlive the parsing.
inline void AddFeatureOptions(CLI::App& app, std::uint64_t& disabled) {
  const auto add = [&](std::uint32_t bit, std::string names[2], const char* name) {
    const std::uint64_t mask = std::uint64_t{1} << bit;
    const bool one_name = names[0] == names[1];
    const auto options = [&](const std::string& prefix) {
      return prefix + names[0] + (one_name ? "" : "," + prefix + names[1]);
    };
    app.add_flag_callback(
           options("--disable-"), [&disabled, mask] { disabled |= mask; },
           std::string("Refuse modules that use ") + name)
        ->group("WebAssembly features");
    app.add_flag_callback(
           options("--enable-"), [&disabled, mask] { disabled &= ~mask; },
           "The default; takes --disable back")
        ->group("");
  };
#define TENON_WASM_FEATURE(enumerator, bit, name, other_name) \
  {                                                           \
    std::string names[2] = {name, other_name};                \
    add(bit, names, name);                                    \
  }
#include "format/tables/wasm_features.def"
#undef TENON_WASM_FEATURE
}

}  // namespace tenon::compiler
