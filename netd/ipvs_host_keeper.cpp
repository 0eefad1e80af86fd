#include "netd/ipvs_host_keeper.h"

#include "lib/plan/object.h"

namespace hawser::netd {

void IpvsHostKeeper::configure(const config::Config& config, Why why, TimePoint now) {
  interval_ = config.ipvs_check;
  wanted_ = ipvs_host_of(config, lay_out(config));
  why_ = why;
  as_wanted_ = false;
  refusals_.clear();
  next_ = concerns_ipvs_host(wanted_, book_.values()) ? now : TimePoint::max();
}

void IpvsHostKeeper::work(TimePoint now) {
  if (now < next_) return;
  next_ = now + interval_;
  look(now);
  if (!concerns_ipvs_host(wanted_, book_.values())) next_ = TimePoint::max();
}

void IpvsHostKeeper::look(TimePoint now) {
  const auto observed = kernel_.observe(kIpvsHostOnly);
  if (!observed) {
    if (blind_ != observed.error().text)
      tell_(event_from(observed.error().text, EventKind::kRefusal, Level::kWarning));
    blind_ = observed.error().text;
    return;
  }
  blind_.clear();
  if (!observed->ipvs) return;  // the module comes with the first service
  const auto& there = observed->state.ipvs;
  const auto why = as_wanted_ ? Why::kDrift : why_;
  const auto steps = towards_ipvs_host(there, with_what_was(wanted_, book_.values()));
  as_wanted_ = true;
  for (const auto& step : steps)
    if (!refusals_.must_wait(object_of(Step(step)), now)) perform(step, why, now);
  // What somebody else has put back already needs no step.
  if (!steps.empty()) return;
  const auto values = book_.values();
  for (const auto& [name, was] : values)
    if (is_given_back(name, wanted_)) book_.forget_value(name);
}

void IpvsHostKeeper::perform(const IpvsHostStep& step, Why why, TimePoint now) {
  const Step one(step);
  if (auto written = book_.will_do({&one, 1}); !written) tell_(journal_event(written.error()));
  auto done = kernel_.perform(one);
  const auto object = object_of(one);
  if (done) {
    book_.did(one);
    const bool retried = refusals_.done(object);
    return tell_(network_event(one, retried ? Why::kRetry : why, {}));
  }
  as_wanted_ = false;
  if (!refusals_.refused(object, done.error().text, now)) return;
  auto event = refusal_event(one, done.error());
  event.outlook = Outlook::kRetried;
  tell_(event);
}

}  // namespace hawser::netd
