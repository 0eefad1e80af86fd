// A bond of two ports with a gateway, and probes as a drill records them.
#pragma once

#include "bondctl/drill/report.h"

namespace hawser::bondctl::drill {

using namespace std::chrono_literals;

inline constexpr Micros kStart{1'790'000'000'000'000};

inline IpAddress ip(std::string_view text) {
  return *IpAddress::parse(text);
}

// eth0 (active) and eth1, both up; 192.0.2.11 on the bond.
inline Observed site(BondMode mode = BondMode::kActiveBackup) {
  Observed observed;
  auto& bond = observed.state.links["bond0"];
  bond.kind = LinkKind::kBond;
  bond.up = true;
  bond.bond = kernel_default_bond(mode);
  bond.bond->set(BondOption::kMiimon, 100);
  bond.addresses[*Prefix::parse("192.0.2.11/24")] = {};
  observed.links["bond0"].carrier = true;
  if (has_active_port(mode)) observed.links["bond0"].active_port = "eth0";
  for (const auto* name : {"eth0", "eth1"}) {
    bond.bond->ports[name] = {};
    observed.state.links[name].up = true;
    observed.state.links[name].master = "bond0";
    observed.links[name].carrier = true;
    observed.links[name].port = PortStatus{};
    if (mode == BondMode::k8023ad) observed.links[name].port->lacp = LacpStatus{1, true, true};
  }
  if (mode == BondMode::k8023ad) observed.links["bond0"].aggregator = 1;
  return observed;
}

inline void add_route(Observed& observed, std::string_view to, std::string_view via,
                      const std::string& device, std::uint32_t metric = 0) {
  RouteKey key;
  key.to = *Prefix::parse(to);
  key.metric = metric;
  Route route;
  route.device = device;
  route.via = ip(via);
  observed.state.routes[key] = route;
}

// A probe each millisecond from `from` on, each answered half a millisecond later by `port`.
inline std::vector<Probe> answered(Micros from, int count, const std::string& port = "eth0") {
  std::vector<Probe> probes;
  for (int number = 0; number < count; ++number) {
    const auto sent = from + number * 1ms;
    probes.push_back({sent, sent + 10us, port, sent + 500us, sent + 510us});
  }
  return probes;
}

inline void lose(std::vector<Probe>& probes, int first, int count, Fate fate) {
  for (int number = first; number < first + count; ++number) {
    auto& probe = probes.at(static_cast<std::size_t>(number));
    probe.answered.reset();
    if (fate != Fate::kNotPassed) probe.came.reset();
    if (fate == Fate::kNeverLeft) probe.left.reset();
  }
}

}  // namespace hawser::bondctl::drill
