// See values.h.
#include "runtime/program/values.h"

#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace tenon::runtime {
namespace {

bool ParseInteger(const char* text, unsigned bits, std::uint64_t* cell) {
  const bool negative = text[0] == '-';
  const char* digits = text + (negative || text[0] == '+' ? 1 : 0);
  const bool hexadecimal = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
  if (digits[0] < '0' || digits[0] > '9') return false;
  char* end = nullptr;
  errno = 0;
  const std::uint64_t magnitude = std::strtoull(digits, &end, hexadecimal ? 16 : 10);
  if (errno != 0 || *end != '\0') return false;
  const std::uint64_t sign_bit = std::uint64_t{1} << (bits - 1);
  if (negative ? magnitude > sign_bit : magnitude > (sign_bit - 1) * 2 + 1) return false;
  *cell = negative ? 0 - magnitude : magnitude;
  if (bits == 32) *cell &= 0xFFFFFFFF;
  return true;
}

// A v128 is one hexadecimal number of up to 32 digits, lane 0 in the last ones.
bool ParseVector(const char* text, std::uint64_t* cells) {
  const std::size_t digits = std::strlen(text) - 2;
  if (std::strncmp(text, "0x", 2) != 0 || digits == 0 || digits > 32 ||
      std::strspn(text + 2, "0123456789abcdefABCDEF") != digits) {
    return false;
  }
  const std::size_t low_digits = std::min<std::size_t>(digits, 16);
  char high[17] = "";
  std::memcpy(high, text + 2, digits - low_digits);
  cells[0] = std::strtoull(text + 2 + digits - low_digits, nullptr, 16);
  cells[1] = std::strtoull(high, nullptr, 16);
  return true;
}

}  // namespace

bool ParseValue(const char* text, ValueType type, std::uint64_t* cell) {
  char* end = nullptr;
  *cell = 0;
  switch (type) {
    case ValueType::kI32: return ParseInteger(text, 32, cell);
    case ValueType::kI64: return ParseInteger(text, 64, cell);
    case ValueType::kF32: {
      const float value = std::strtof(text, &end);
      std::memcpy(cell, &value, sizeof value);
      return end != text && *end == '\0';
    }
    case ValueType::kF64: {
      const double value = std::strtod(text, &end);
      std::memcpy(cell, &value, sizeof value);
      return end != text && *end == '\0';
    }
    case ValueType::kV128: return ParseVector(text, cell);
    default: return IsNullable(type) && std::strcmp(text, "null") == 0;
  }
}

void PrintValue(const std::uint64_t* cells, ValueType type) {
  const std::uint64_t cell = cells[0];
  switch (type) {
    case ValueType::kV128:
      std::printf("0x%016" PRIx64 "%016" PRIx64 "\n", cells[1], cells[0]);
      return;
    case ValueType::kI32: std::printf("%" PRId32 "\n", static_cast<std::int32_t>(cell)); return;
    case ValueType::kI64: std::printf("%" PRId64 "\n", static_cast<std::int64_t>(cell)); return;
    case ValueType::kF32: {
      float value;
      std::memcpy(&value, &cell, sizeof value);
      std::printf("%.9g\n", static_cast<double>(value));
      return;
    }
    case ValueType::kF64: {
      double value;
      std::memcpy(&value, &cell, sizeof value);
      std::printf("%.17g\n", value);
      return;
    }
    default: std::printf("%s\n", cell == 0 ? "null" : "reference"); return;
  }
}

}  // namespace tenon::runtime
