// Where the modules of scripts come from as containers: compiled in process, or, where there is no
// compiler (a cross-built runner), read from files that another run has compiled.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "format/container.h"
#include "format/result.h"

namespace tenon::spec {

// `name` is the module's file name in the suite, without a directory. An error means that the
// compiler refuses the module.
using ModuleSource = std::function<Result<std::vector<std::uint8_t>>(
    const std::string& name, std::span<const std::uint8_t> wasm)>;

// Adds the options of the compiler that this program has to `app`, and returns a source that
// obeys them. Without a compiler (no_compiler.cc) there are none, and the source always fails.
ModuleSource AddCompiler(CLI::App& app, const container::BoundsChecks& bounds_checks);

// Containers that StoreModules has written to `directory`.
ModuleSource StoredModules(const std::string& directory);
// `source`, whose containers are also written to `directory`.
ModuleSource StoreModules(const std::string& directory, ModuleSource source);

}  // namespace tenon::spec
