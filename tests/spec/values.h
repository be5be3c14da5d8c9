// Values of the spec suite's JSON: arguments to cells, results against expectations.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "format/value_type.h"

namespace tenon::spec {

// The 64-bit cell of an argument. False if this release has no such value.
bool ToCell(const nlohmann::json& value, std::uint64_t* cell);

// Whether a result of type `type` in `cell` is what `expected` asks for.
bool Matches(const nlohmann::json& expected, ValueType type, std::uint64_t cell);

// For messages.
std::string ToText(ValueType type, std::uint64_t cell);

}  // namespace tenon::spec
