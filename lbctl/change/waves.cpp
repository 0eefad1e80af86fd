#include "lbctl/change/waves.h"

#include <map>

namespace hawser::lbctl {

namespace {

constexpr std::size_t kWindow = 2000;  // steps that are put in order together

// The service that something is added to; nullptr: it is another kind of step.
const ServiceKey* grows(const Step& step) {
  if (const auto* add = as<AddService>(step)) return &add->key;
  if (const auto* add = as<AddReal>(step)) return &add->key;
  return nullptr;
}

class Waves {
 public:
  std::vector<Wave> sort(std::span<const RuleStep> steps) {
    for (const auto& step : steps) add(step);
    finish_window();
    return std::move(waves_);
  }

 private:
  void add(const RuleStep& step) {
    const auto* key = grows(step.step);
    if (key == nullptr) {
      finish_window();
      waves_.push_back({&step});
      return;
    }
    if (count_ == kWindow) finish_window();
    auto& earliest = earliest_[*key];
    if (earliest >= window_.size()) window_.resize(earliest + 1);
    window_[earliest].push_back(&step);
    if (is<AddService>(step.step)) ++earliest;
    ++count_;
  }

  void finish_window() {
    for (auto& wave : window_)
      if (!wave.empty()) waves_.push_back(std::move(wave));
    window_.clear();
    earliest_.clear();
    count_ = 0;
  }

  std::vector<Wave> waves_;
  std::vector<Wave> window_;
  std::map<ServiceKey, std::size_t> earliest_;  // the wave in which the next step of this service may go
  std::size_t count_ = 0;
};

}  // namespace

std::vector<Wave> waves_of(std::span<const RuleStep> steps) {
  return Waves{}.sort(steps);
}

}  // namespace hawser::lbctl
