// Values of the spec suite's JSON: arguments to cells, results against expectations.
//
// Numbers are decimal bit patterns. The externref of number n is the pointer n + 1, so that 0
// stays the null reference.
#include "tests/spec/values.h"

#include <cinttypes>
#include <cstdio>
#include <cstdlib>

namespace tenon::spec {
namespace {

using nlohmann::json;

struct FloatLayout {
  std::uint64_t sign;
  std::uint64_t exponent;
  std::uint64_t quiet;
};
constexpr FloatLayout kFloat32 = {std::uint64_t{1} << 31, 0x7F80'0000, 0x0040'0000};
constexpr FloatLayout kFloat64 = {std::uint64_t{1} << 63, 0x7FF0'0000'0000'0000,
                                  0x0008'0000'0000'0000};

bool IsCanonicalNan(const FloatLayout& layout, std::uint64_t bits) {
  return (bits & ~layout.sign) == (layout.exponent | layout.quiet);
}

bool IsArithmeticNan(const FloatLayout& layout, std::uint64_t bits) {
  const std::uint64_t needed = layout.exponent | layout.quiet;
  return (bits & needed) == needed;
}

std::uint64_t ParseBits(const std::string& text) {
  if (text.starts_with('-')) {
    return static_cast<std::uint64_t>(std::strtoll(text.c_str(), nullptr, 10));
  }
  return std::strtoull(text.c_str(), nullptr, 10);
}

// Bits of a number of the given lane or value type.
std::uint64_t WidthMask(const std::string& type) {
  if (type == "i8") return 0xFF;
  if (type == "i16") return 0xFFFF;
  if (type == "i32" || type == "f32") return 0xFFFF'FFFF;
  return ~std::uint64_t{0};
}

bool MatchesNumber(const std::string& type, const std::string& text, std::uint64_t bits) {
  bits &= WidthMask(type);
  if (text.starts_with("nan:")) {
    if (type != "f32" && type != "f64") return false;
    const FloatLayout& layout = type == "f32" ? kFloat32 : kFloat64;
    return text == "nan:canonical" ? IsCanonicalNan(layout, bits) : IsArithmeticNan(layout, bits);
  }
  return (ParseBits(text) & WidthMask(type)) == bits;
}

// Lane i of a v128 in two cells.
std::uint64_t LaneOf(const std::uint64_t* cells, std::size_t lanes, std::size_t i) {
  const std::size_t bits = 128 / lanes;
  const std::uint64_t cell = cells[i * bits / 64] >> (i * bits % 64);
  return bits == 64 ? cell : cell & ((std::uint64_t{1} << bits) - 1);
}

bool MatchesVector(const json& expected, const std::uint64_t* cells) {
  const std::string lane_type = expected.at("lane_type");
  const json& lanes = expected.at("value");
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    if (!MatchesNumber(lane_type, lanes[i], LaneOf(cells, lanes.size(), i))) return false;
  }
  return true;
}

// The suite names references by their top type: a (ref $t) is a funcref too.
bool IsNamed(ValueType type, const std::string& name) {
  if (!IsReference(type)) return name == ValueTypeName(type);
  if (name == "funcref") return IsFunctionReference(type);
  return name == ValueTypeName(ReferenceTo(HeapTypeOf(type), /*nullable=*/true));
}

}  // namespace

bool ToCells(const json& value, std::uint64_t* cells) {
  const std::string type = value.at("type");
  *cells = 0;
  if (type == "refnull") return true;
  if (!value.contains("value")) return false;
  if (type == "v128") {
    const json& lanes = value["value"];
    const std::size_t bits = 128 / lanes.size();
    const std::uint64_t mask = WidthMask(value.at("lane_type"));
    cells[0] = cells[1] = 0;
    for (std::size_t i = 0; i < lanes.size(); ++i) {
      cells[i * bits / 64] |= (ParseBits(lanes[i]) & mask) << (i * bits % 64);
    }
    return true;
  }
  if (!value["value"].is_string()) return false;
  const std::string text = value["value"];
  if (type == "externref") {
    *cells = text == "null" ? 0 : ParseBits(text) + 1;
    return true;
  }
  if (type == "funcref" || type == "exnref") return text == "null";
  if (type != "i32" && type != "i64" && type != "f32" && type != "f64") return false;
  *cells = ParseBits(text) & WidthMask(type);
  return true;
}

bool Matches(const json& expected, ValueType type, const std::uint64_t* cells) {
  const std::string expected_type = expected.at("type");
  if (expected_type == "either") {
    for (const json& choice : expected.at("values")) {
      if (Matches(choice, type, cells)) return true;
    }
    return false;
  }
  if (expected_type == "refnull" || expected_type == "nullfuncref" ||
      expected_type == "nullexternref" || expected_type == "nullexnref") {
    return IsReference(type) && *cells == 0;
  }
  if (!IsNamed(type, expected_type)) return false;
  if (!expected.contains("value")) return IsReference(type) && *cells != 0;
  if (type == ValueType::kV128) return MatchesVector(expected, cells);
  if (!expected["value"].is_string()) return false;
  if (!IsReference(type)) return MatchesNumber(expected_type, expected["value"], *cells);
  std::uint64_t wanted = 0;
  return ToCells(expected, &wanted) && wanted == *cells;
}

std::string ToText(ValueType type, const std::uint64_t* cells) {
  char text[80];
  if (type == ValueType::kV128) {
    std::snprintf(text, sizeof text, "v128:0x%016" PRIx64 "%016" PRIx64, cells[1], cells[0]);
    return text;
  }
  const std::uint64_t cell = *cells & WidthMask(ValueTypeName(type));
  std::snprintf(text, sizeof text, "%s:%" PRIu64 " (0x%" PRIx64 ")", ValueTypeName(type), cell,
                cell);
  return text;
}

}  // namespace tenon::spec
