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

bool Is32Bits(ValueType type) { return type == ValueType::kI32 || type == ValueType::kF32; }

std::uint64_t ParseBits(const std::string& text) {
  if (text.starts_with('-')) {
    return static_cast<std::uint64_t>(std::strtoll(text.c_str(), nullptr, 10));
  }
  return std::strtoull(text.c_str(), nullptr, 10);
}

}  // namespace

bool ToCell(const json& value, std::uint64_t* cell) {
  const std::string type = value.at("type");
  *cell = 0;
  if (type == "refnull") return true;
  if (!value.contains("value") || !value["value"].is_string()) return false;
  const std::string text = value["value"];
  if (type == "externref") {
    *cell = text == "null" ? 0 : ParseBits(text) + 1;
    return true;
  }
  if (type == "funcref") return text == "null";
  if (type != "i32" && type != "i64" && type != "f32" && type != "f64") return false;
  *cell = ParseBits(text);
  if (type == "i32" || type == "f32") *cell &= 0xFFFF'FFFF;
  return true;
}

bool Matches(const json& expected, ValueType type, std::uint64_t cell) {
  const std::string expected_type = expected.at("type");
  if (expected_type == "either") {
    for (const json& choice : expected.at("values")) {
      if (Matches(choice, type, cell)) return true;
    }
    return false;
  }
  if (expected_type == "refnull" || expected_type == "nullfuncref" ||
      expected_type == "nullexternref") {
    return IsReference(type) && cell == 0;
  }
  if (expected_type != ValueTypeName(type)) return false;
  if (!expected.contains("value")) return IsReference(type) && cell != 0;
  if (!expected["value"].is_string()) return false;
  const std::string text = expected["value"];
  if (Is32Bits(type)) cell &= 0xFFFF'FFFF;
  if (text.starts_with("nan:")) {
    if (type != ValueType::kF32 && type != ValueType::kF64) return false;
    const FloatLayout& layout = type == ValueType::kF32 ? kFloat32 : kFloat64;
    return text == "nan:canonical" ? IsCanonicalNan(layout, cell) : IsArithmeticNan(layout, cell);
  }
  std::uint64_t wanted = 0;
  return ToCell(expected, &wanted) && wanted == cell;
}

std::string ToText(ValueType type, std::uint64_t cell) {
  char text[64];
  if (Is32Bits(type)) cell &= 0xFFFF'FFFF;
  std::snprintf(text, sizeof text, "%s:%" PRIu64 " (0x%" PRIx64 ")", ValueTypeName(type), cell,
                cell);
  return text;
}

}  // namespace tenon::spec
