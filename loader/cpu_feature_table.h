// What the files cpu_features_*.cc do with their tables (format/tables/cpu_features_*.def).
#pragma once

#include <span>

#include "loader/cpu_features.h"

namespace tenon::loader {

// A feature that Linux reports as a bit of a word.
struct WordFeature {
  unsigned number;
  const char* name;
  unsigned word;  // counted from 1
  unsigned bit;
};

inline CpuFeatures FeaturesIn(std::span<const WordFeature> table,
                              std::span<const std::uint64_t> words) {
  CpuFeatures features;
  for (const WordFeature& feature : table) {
    if ((words[feature.word - 1] >> feature.bit & 1) != 0) features.Add(feature.number);
  }
  return features;
}

// Of a table whose rows have a number and a name.
template <typename Table>
const char* NameIn(const Table& table, unsigned number) {
  for (const auto& feature : table) {
    if (feature.number == number) return feature.name;
  }
  return "unknown";
}

}  // namespace tenon::loader
