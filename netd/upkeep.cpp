#include "netd/upkeep.h"

#include <utility>

#include "lib/plan/object.h"

namespace hawser::netd {

void Upkeep::begin(Why why, Milliseconds check) {
  why_ = why;
  refusals_.clear();
  contention_ = Contention(Contention::pace_of(check));
}

std::optional<Observed> Upkeep::look(const Scope& scope) {
  auto observed = kernel_.observe(scope);
  if (observed) {
    blind_.clear();
    return std::move(*observed);
  }
  if (std::exchange(blind_, observed.error().text) != observed.error().text)
    tell_(event_from(observed.error().text, EventKind::kRefusal, Level::kWarning));
  return std::nullopt;
}

void Upkeep::bring_about(const std::vector<Step>& steps, TimePoint now) {
  const auto why = std::exchange(why_, Why::kDrift);
  for (const auto& step : steps)
    if (!must_wait(step, why, now)) perform(step, why, now);
  if (steps.empty()) refusals_.clear();
  for (const auto& event : contention_.settle(now)) tell_(event);
}

bool Upkeep::must_wait(const Step& step, Why why, TimePoint now) const {
  return refusals_.must_wait(object_of(step), now) ||
         contention_.must_wait(line_of(network_event(step, why, {})), now);
}

void Upkeep::perform(const Step& step, Why why, TimePoint now) {
  if (auto written = book_.will_do({&step, 1}); !written) tell_(journal_event(written.error()));
  const auto done = kernel_.perform(step);
  if (!done) return refuse(step, done.error(), now);
  book_.did(step);
  const bool retried = refusals_.done(object_of(step));
  const auto event = network_event(step, retried ? Why::kRetry : why, {});
  if (retried || why != Why::kDrift) return tell_(event);
  say_drift(event, now);
}

// What is known to be undone again and again was said, and is not said each time.
void Upkeep::say_drift(const Event& repair, TimePoint now) {
  if (!contention_.is_contested(line_of(repair))) tell_(repair);
  if (const auto news = contention_.repaired(repair, now)) tell_(*news);
}

void Upkeep::refuse(const Step& step, const Error& reason, TimePoint now) {
  book_.did_not(step);
  if (!refusals_.refused(object_of(step), reason.text, now)) return;
  auto event = refusal_event(step, reason);
  event.outlook = Outlook::kRetried;
  tell_(event);
}

}  // namespace hawser::netd
