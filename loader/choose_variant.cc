// Picks a variant by architecture, CPU features and bounds-check mode.
#include "loader/choose_variant.h"

#include <bit>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "loader/cpu_features.h"

namespace tenon::loader {
namespace {

using container::VariantEntry;

unsigned FeatureCount(const VariantEntry& variant) {
  unsigned count = 0;
  for (const std::uint64_t bits : variant.cpu_features)
    count += static_cast<unsigned>(std::popcount(bits));
  return count;
}

bool HostHasFeatures(const VariantEntry& variant) {
  for (int i = 0; i < 4; ++i) {
    if ((variant.cpu_features[i] & ~HostCpuFeatures().bits[i]) != 0) return false;
  }
  return true;
}

bool Runs(const VariantEntry& variant) {
  return variant.architecture == HostArchitecture() && HostHasFeatures(variant);
}

// Text in a fixed buffer; what does not fit is cut and ends in "...".
class Words {
 public:
  [[gnu::format(printf, 2, 3)]] void Add(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const std::size_t room = sizeof text_ - used_;
    const int length = std::vsnprintf(text_ + used_, room, format, arguments);
    va_end(arguments);
    if (length < 0) return;
    if (static_cast<std::size_t>(length) < room) {
      used_ += static_cast<std::size_t>(length);
      return;
    }
    std::strcpy(text_ + sizeof text_ - 4, "...");
    used_ = sizeof text_ - 1;
  }
  const char* text() const { return text_; }
  bool empty() const { return used_ == 0; }

 private:
  char text_[200] = "";
  std::size_t used_ = 0;
};

Words MissingFeatures(const VariantEntry& variant) {
  Words names;
  for (unsigned number = 0; number < 256; ++number) {
    const std::uint64_t missing =
        variant.cpu_features[number / 64] & ~HostCpuFeatures().bits[number / 64];
    if ((missing >> (number % 64) & 1) != 0)
      names.Add("%s%s", names.empty() ? "" : ", ", CpuFeatureName(number));
  }
  return names;
}

// "x86-64 (x86-64-v4), aarch64 (generic)": each once, however many modes there are.
Words Offers(const container::View& view, std::span<const VariantEntry> variants) {
  Words words;
  if (variants.size() > 64) variants = variants.first(64);  // a file may be hostile
  for (const VariantEntry& variant : variants) {
    bool seen = false;
    for (const VariantEntry* earlier = variants.data(); earlier != &variant; ++earlier) {
      seen = seen || (earlier->architecture == variant.architecture &&
                      view.String(earlier->cpu) == view.String(variant.cpu));
    }
    if (seen) continue;
    const std::string_view cpu = view.String(variant.cpu).substr(0, 40);
    words.Add("%s%s (%.*s)", words.empty() ? "" : ", ",
              container::ArchitectureName(variant.architecture), static_cast<int>(cpu.size()),
              cpu.data());
  }
  return words;
}

// Why no variant can be used: the first of mode, architecture and CPU that rules all out.
Error Refusal(const container::View& view, std::span<const VariantEntry> variants,
              std::optional<container::BoundsChecks> mode) {
  const VariantEntry* nearest = nullptr;
  const VariantEntry* other_mode = nullptr;
  for (const VariantEntry& variant : variants) {
    if (variant.architecture != HostArchitecture()) continue;
    if (mode && variant.bounds_checks != *mode && Runs(variant)) other_mode = &variant;
    if (mode && variant.bounds_checks != *mode) continue;
    if (nearest == nullptr || FeatureCount(variant) < FeatureCount(*nearest)) nearest = &variant;
  }
  const char* const host = container::ArchitectureName(HostArchitecture());
  if (other_mode != nullptr) {
    return Error::Format("the file has code with bounds checks \"%s\", \"%s\" was asked for",
                         container::BoundsChecksName(other_mode->bounds_checks),
                         container::BoundsChecksName(*mode));
  }
  if (nearest == nullptr) {
    return Error::Format("the file has code for %s, this host is %s", Offers(view, variants).text(),
                         host);
  }
  const Words missing = MissingFeatures(*nearest);
  return Error::Format(
      "the code needs CPU features that this host (%s) lacks: %s; the file has code for %s", host,
      missing.text(), Offers(view, variants).text());
}

}  // namespace

Result<const VariantEntry*> ChooseVariant(const container::View& view,
                                          std::optional<container::BoundsChecks> bounds_checks) {
  const auto variants = view.Section<VariantEntry>(container::SectionId::kVariants);
  const VariantEntry* best = nullptr;
  const auto better = [&](const VariantEntry& variant) {
    if (best == nullptr) return true;
    if (variant.bounds_checks != best->bounds_checks)
      return variant.bounds_checks == container::BoundsChecks::kGuard;
    return FeatureCount(variant) > FeatureCount(*best);
  };
  for (const VariantEntry& variant : variants) {
    if (!Runs(variant)) continue;
    if (bounds_checks && variant.bounds_checks != *bounds_checks) continue;
    if (better(variant)) best = &variant;
  }
  if (best == nullptr) return Refusal(view, variants, bounds_checks);
  return best;
}

VariantReport::VariantReport(const container::View& view) {
  const auto taken = ChooseVariant(view, std::nullopt);
  taken_ = taken.ok() ? *taken : nullptr;
  const auto taken_explicit = ChooseVariant(view, container::BoundsChecks::kExplicit);
  taken_explicit_ = taken_explicit.ok() ? *taken_explicit : nullptr;
}

Error VariantReport::Explain(const VariantEntry& variant) const {
  if (variant.architecture != HostArchitecture()) {
    return Error::Format("not for this machine, which is %s",
                         container::ArchitectureName(HostArchitecture()));
  }
  if (!HostHasFeatures(variant))
    return Error::Format("not for this CPU, which lacks %s", MissingFeatures(variant).text());
  if (&variant == taken_) return Error::Format("runs here: the one that is taken");
  if (&variant == taken_explicit_)
    return Error::Format("runs here: taken where memory cannot have guard pages");
  return Error::Format("runs here, but another uses more of this CPU");
}

}  // namespace tenon::loader
