// Values of the spec suite's JSON: arguments to cells, results against expectations.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "format/value_type.h"

namespace tenon::spec {

// The 64-bit cell of an argument (of a v128: two). False if this release has no such value.
bool ToCells(const nlohmann::json& value, std::uint64_t* cells);

// Whether a result of type `type` in `cells` is what `expected` asks for.
bool Matches(const nlohmann::json& expected, ValueType type, const std::uint64_t* cells);

// For messages.
std::string ToText(ValueType type, const std::uint64_t* cells);

}  // namespace tenon::spec
