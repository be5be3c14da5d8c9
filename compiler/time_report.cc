// Adds up and prints; see time_report.h.
#include "compiler/time_report.h"

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <utility>

namespace tenon::compiler {

namespace {

constexpr const char* kStageNames[] = {
    "reading",         "validating", "lowering to IR", "optimising",
    "generating code", "linking",    "writing",
};

// Steps with less than this share of the whole are summed up as one.
constexpr double kSmallestShare = 0.003;

using Row = std::pair<std::string, double>;

std::string Line(const char* indent, const Row& row, double total) {
  char text[256];
  std::snprintf(text, sizeof(text), "%10.3f  %5.1f %%  %s%s\n", row.second,
                total == 0 ? 0 : 100 * row.second / total, indent, row.first.c_str());
  return text;
}

// Longest first; equal times in the order of names.
void Sort(std::vector<Row>& rows) {
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::pair(-a.second, a.first) < std::pair(-b.second, b.first);
  });
}

}  // namespace

double ThreadSeconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void TimeReport::Add(Stage stage, std::string_view step, double seconds) {
  const MutexLock lock(mutex_);
  stages_[static_cast<int>(stage)][std::string(step)] += seconds;
}

std::string TimeReport::Text() const {
  const MutexLock lock(mutex_);
  // A stage's own entry includes its steps.
  double total = 0;
  for (const auto& [stage, steps] : stages_) {
    if (const auto found = steps.find(""); found != steps.end()) total += found->second;
  }
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start_;
  char head[256];
  std::snprintf(head, sizeof(head),
                "%.3f s of CPU time in %.3f s, at most %.1f MB of memory\n"
                "   CPU (s)    share  stage, step\n",
                total, wall.count(), static_cast<double>(usage.ru_maxrss) / 1024);
  std::string text = head;
  for (int stage = 0; stage < static_cast<int>(std::size(kStageNames)); ++stage) {
    const auto found = stages_.find(stage);
    if (found == stages_.end()) continue;
    const Steps& steps = found->second;
    const auto whole = steps.find("");
    const double stage_seconds = whole == steps.end() ? 0 : whole->second;
    text += Line("", {kStageNames[stage], stage_seconds}, total);
    std::vector<Row> rows;
    double rest = stage_seconds;
    for (const Row row : steps) {
      if (row.first.empty() || row.second < kSmallestShare * total) continue;
      rows.push_back(row);
      rest -= row.second;
    }
    Sort(rows);
    if (!rows.empty()) rows.emplace_back("(the rest)", std::max(rest, 0.0));
    for (const Row& row : rows) text += Line("  ", row, total);
  }
  return text;
}

StepTimes::~StepTimes() {
  for (const auto& [step, seconds] : times_) report_.Add(stage_, step, seconds);
}

double StepTimes::SinceLast() {
  const double before = std::exchange(last_, ThreadSeconds());
  return last_ - before;
}

void StepTimes::Begin(std::string_view step) {
  const double passed = SinceLast();
  if (!open_.empty()) *open_.back() += passed;
  open_.push_back(&TimeOf(step));
}

void StepTimes::End() {
  *open_.back() += SinceLast();
  open_.pop_back();
}

void StepTimes::Charge(std::string_view step) { TimeOf(step) += SinceLast(); }

}  // namespace tenon::compiler
