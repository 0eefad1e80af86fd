#include "netd/ipvs_host_keeper.h"

namespace hawser::netd {

void IpvsHostKeeper::configure(const config::Config& config, Why why, TimePoint now) {
  interval_ = config.ipvs_check;
  wanted_ = ipvs_host_of(config, lay_out(config));
  upkeep_.begin(why, interval_);
  next_ = concerns_ipvs_host(wanted_, book_.values()) ? now : TimePoint::max();
}

void IpvsHostKeeper::work(TimePoint now) {
  if (now < next_) return;
  next_ = now + interval_;
  look(now);
  if (!concerns_ipvs_host(wanted_, book_.values())) next_ = TimePoint::max();
}

void IpvsHostKeeper::look(TimePoint now) {
  const auto observed = upkeep_.look(kIpvsHostOnly);
  if (!observed || !observed->ipvs) return;  // the module comes with the first service
  const auto steps = towards_ipvs_host(observed->state.ipvs, with_what_was(wanted_, book_.values()));
  upkeep_.bring_about({steps.begin(), steps.end()}, now);
  // What somebody else has put back already needs no step.
  if (!steps.empty()) return;
  const auto values = book_.values();
  for (const auto& [name, was] : values)
    if (is_given_back(name, wanted_)) book_.forget_value(name);
}

}  // namespace hawser::netd
