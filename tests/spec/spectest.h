// The host module "spectest" that the spec suite's scripts import from.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/instance/instance.h"

namespace tenon::spec {

// A module that defines and exports spectest's globals, table and memory.
std::vector<std::uint8_t> SpectestModule();

// Spectest's print functions, which are the host's. False if there is none of that name.
bool FindSpectestFunction(std::string_view name, runtime::Extern* extern_value);

}  // namespace tenon::spec
