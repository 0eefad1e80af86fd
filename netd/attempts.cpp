#include "netd/attempts.h"

namespace hawser::netd {

void Attempts::configure(Why why, TimePoint now) {
  forget();
  why_ = why;
  next_ = now;
}

void Attempts::end() {
  why_.reset();
  if (const auto retry = refusals_.next()) look_at(*retry);
}

bool Attempts::blind(const std::string& reason, TimePoint now) {
  next_ = now + kFirstRetry;
  return std::exchange(blind_, reason) != reason;
}

void Attempts::saw(State devices, bool as_wanted) {
  devices_ = std::move(devices);
  was_as_wanted_ = std::exchange(as_wanted_, as_wanted);
  if (as_wanted) forget();
}

Why Attempts::why() const {
  if (why_) return *why_;
  return was_as_wanted_ ? Why::kDrift : Why::kRetry;
}

std::set<std::string> Attempts::left_alone(TimePoint now) const {
  const bool changed = why_ || !refused_with_ || *refused_with_ != devices_;
  std::set<std::string> names;
  for (const auto& [name, steps] : held_)
    if (!changed && refusals_.must_wait(name, now)) names.insert(name);
  return names;
}

std::vector<Step> Attempts::steps_of(const std::set<std::string>& names) const {
  std::vector<Step> all;
  for (const auto& name : names) all.insert(all.end(), held_.at(name).begin(), held_.at(name).end());
  return all;
}

bool Attempts::failed(InVain what, TimePoint now) {
  held_[what.name] = std::move(what.steps);
  return what.price == Price::kCut ? refusals_.futile(what.name, what.reason)
                                   : refusals_.refused(what.name, what.reason, now);
}

void Attempts::keep_only(const std::set<std::string>& still, State devices) {
  const auto before = refusals_.waiting();
  for (const auto& [name, retry] : before)
    if (!still.contains(name)) refusals_.done(name);
  std::erase_if(held_, [&](const auto& entry) { return !still.contains(entry.first); });
  devices_ = std::move(devices);
  refused_with_ = still.empty() ? std::nullopt : std::optional(devices_);
}

void Attempts::forget() {
  refusals_.clear();
  refused_with_.reset();
  held_.clear();
}

}  // namespace hawser::netd
