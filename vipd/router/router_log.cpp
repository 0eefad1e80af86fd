#include "vipd/router/router_log.h"

namespace hawser::vipd {

namespace {
// Each takeover of an ordinary day is a line; a peer that flaps is not.
constexpr Damper::Pace kChanges{.free = 10, .change = Milliseconds(1000), .longest = Milliseconds(300000)};
}  // namespace

RouterLog::RouterLog(Effects& effects, const std::string& vip)
    : effects_(effects), vip_(vip), changes_(kChanges) {}

void RouterLog::tell(std::string_view topic, Event event) {
  event.object = vip_;
  if (const auto told = changes_.say(topic, std::move(event), effects_.now())) effects_.report(*told);
}

void RouterLog::warn(std::string_view topic, Event event) {
  event.object = vip_;
  event.level = Level::kWarning;
  if (!troubles_) troubles_ = Damper();
  if (const auto told = troubles_->say(topic, std::move(event), effects_.now())) effects_.report(*told);
}

std::optional<TimePoint> RouterLog::due() const {
  const auto changes = changes_.due();
  const auto troubles = troubles_ ? troubles_->due() : std::nullopt;
  if (!changes || !troubles) return changes ? changes : troubles;
  return std::min(*changes, *troubles);
}

void RouterLog::say_last_words() {
  const auto now = effects_.now();
  for (const auto& event : changes_.last_words(now)) effects_.report(event);
  if (!troubles_) return;
  for (const auto& event : troubles_->last_words(now)) effects_.report(event);
}

}  // namespace hawser::vipd
