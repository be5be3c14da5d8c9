// The clock of the benchmarks that time single operations.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

using Clock = std::chrono::steady_clock;

// Of at least one value, which it sorts.
inline long long Median(std::vector<long long>& values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Nanoseconds.
inline long long Since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count();
}
