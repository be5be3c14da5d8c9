// Where compiling spends its time: tenonc --time-report.
//
// All times are CPU time of the thread that does the work, so that they add up whatever else the
// machine does and however many threads there are.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "format/locking.h"

namespace tenon::compiler {

class TimeReport {
 public:
  enum class Stage : std::uint8_t {
    kRead,
    kValidate,
    kLower,
    kOptimize,
    kGenerate,
    kLink,
    kWrite,
  };

  // Adds to a stage, or to a step of it (a pass). Thread safe.
  void Add(Stage stage, std::string_view step, double seconds);

  // A table for people: stages, and the steps of each that matter, longest first; before it the
  // sum, wall time since this object was made, and the process's peak memory.
  std::string Text() const;

 private:
  using Steps = std::unordered_map<std::string, double>;
  mutable Mutex mutex_;
  std::unordered_map<int, Steps> stages_ TENON_GUARDED_BY(mutex_);
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// CPU time of the calling thread, in seconds.
double ThreadSeconds();

// Adds the time from its making to its end to a stage. Without a report it does nothing.
class StageTimer {
 public:
  StageTimer(TimeReport* report, TimeReport::Stage stage)
      : report_(report), stage_(stage), start_(report == nullptr ? 0 : ThreadSeconds()) {}
  ~StageTimer() {
    if (report_ != nullptr) report_->Add(stage_, "", ThreadSeconds() - start_);
  }
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;

 private:
  TimeReport* report_;
  TimeReport::Stage stage_;
  double start_;
};

// Steps of a stage that contain one another; a moment counts for the innermost alone. Of one
// thread, and handed to the report when this object ends.
class StepTimes {
 public:
  StepTimes(TimeReport& report, TimeReport::Stage stage)
      : report_(report), stage_(stage), last_(ThreadSeconds()) {}
  ~StepTimes();
  StepTimes(const StepTimes&) = delete;
  StepTimes& operator=(const StepTimes&) = delete;

  void Begin(std::string_view step);
  void End();
  // What was done since anything last began or ended belongs to `step`.
  void Charge(std::string_view step);

 private:
  double& TimeOf(std::string_view step) { return times_[std::string(step)]; }
  double SinceLast();

  TimeReport& report_;
  TimeReport::Stage stage_;
  double last_;
  std::unordered_map<std::string, double> times_;
  std::vector<double*> open_;
};

}  // namespace tenon::compiler
