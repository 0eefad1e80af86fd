#include "netd/ipvs_host_keeper.h"

#include "lib/base/find_in.h"

namespace hawser::netd {

namespace {

const Scope kWithLinks{{Look::kIpvsHost, Look::kLinks}};

}  // namespace

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
  const auto observed = upkeep_.look(wanted_.daemons.empty() ? kIpvsHostOnly : kWithLinks);
  if (!observed || !observed->ipvs) return;  // the module comes with the first service
  const auto steps =
      towards_ipvs_host(without_deaf_daemons(*observed), with_what_was(wanted_, book_.values()));
  upkeep_.bring_about({steps.begin(), steps.end()}, now);
  // What somebody else has put back already needs no step.
  if (!steps.empty()) return;
  const auto values = book_.values();
  for (const auto& [name, was] : values)
    if (is_given_back(name, wanted_)) book_.forget_value(name);
}

// A daemon is bound to the number of its interface, not to the name (set_mcast_if()). When that interface is
// gone and another one has the name, it goes on running and speaks to nobody: it is started anew.
IpvsHost IpvsHostKeeper::without_deaf_daemons(const Observed& observed) {
  auto host = observed.state.ipvs;
  std::erase_if(speaks_on_, [&](const auto& entry) { return !host.daemons.contains(entry.first); });
  for (auto& [role, daemon] : host.daemons) {
    const auto* link = find_in(observed.links, daemon.interface);
    if (link == nullptr) continue;
    const auto [known, is_new] = speaks_on_.try_emplace(role, link->index);
    if (is_new || known->second == link->index) continue;
    daemon.interface += " that is gone";
    speaks_on_.erase(known);
  }
  return host;
}

}  // namespace hawser::netd
