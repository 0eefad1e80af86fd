#include "netd/guard/failover.h"

#include <algorithm>

#include <fmt/format.h>

namespace hawser::netd {
namespace {

bool is_monitored(const Bond& bond) {
  return bond.get(BondOption::kMiimon) > 0 || bond.get(BondOption::kArpInterval) > 0;
}

// The file's order, and then what it does not list.
std::vector<std::string> port_names(const Bond& bond, const config::BondPolicy& policy) {
  std::vector<std::string> names;
  for (const auto& port : policy.port_order)
    if (bond.ports.contains(port)) names.push_back(port);
  for (const auto& [port, options] : bond.ports)
    if (std::find(names.begin(), names.end(), port) == names.end()) names.push_back(port);
  return names;
}

PortState state_of(const std::string& bond, const Link& link, const LinkStatus& status) {
  if (link.master != bond || !status.port) return PortState::kGone;
  if (!link.up) return PortState::kAdminDown;
  if (!status.carrier) return PortState::kNoCarrier;
  return status.port->mii == MiiStatus::kUp ? PortState::kGood : PortState::kNotUp;
}

PortFacts port_facts(const std::string& bond, const std::string& name, const Observed& observed) {
  PortFacts facts{.name = name, .state = PortState::kGone, .prio = 0};
  const auto link = observed.state.links.find(name);
  const auto status = observed.links.find(name);
  if (link == observed.state.links.end() || status == observed.links.end()) return facts;
  facts.state = state_of(bond, link->second, status->second);
  if (const auto above = observed.state.links.find(bond); above != observed.state.links.end())
    if (above->second.bond)
      if (const auto port = above->second.bond->ports.find(name); port != above->second.bond->ports.end())
        facts.prio = port->second.prio;
  return facts;
}

}  // namespace

std::string why_unguarded(const Bond& bond, const config::BondPolicy& policy) {
  if (!has_active_port(bond.mode)) return "mode: it has no active port";
  if (!policy.fast_failover) return "fast_failover is off";
  if (!is_monitored(bond)) return "monitor: none";
  if (bond.get(BondOption::kMiimon) > 0 && bond.get(BondOption::kDowndelay) > 0)
    return "downdelay: the kernel is to wait";
  return {};
}

std::vector<GuardedBond> guarded_bonds(const State& network,
                                       const std::map<std::string, config::BondPolicy>& policies) {
  std::vector<GuardedBond> bonds;
  for (const auto& [name, link] : network.links) {
    if (!link.bond) continue;
    const auto found = policies.find(name);
    const auto policy = found == policies.end() ? config::BondPolicy{} : found->second;
    if (why_unguarded(*link.bond, policy).empty())
      bonds.push_back({name, link.bond->primary, port_names(*link.bond, policy)});
  }
  return bonds;
}

BondFacts facts_of(const GuardedBond& bond, const Observed& observed) {
  BondFacts facts{.name = bond.name, .active = {}, .primary = bond.primary, .ports = {}};
  if (const auto found = observed.links.find(bond.name); found != observed.links.end())
    facts.active = found->second.active_port;
  for (const auto& port : bond.ports) facts.ports.push_back(port_facts(bond.name, port, observed));
  return facts;
}

std::optional<Switch> decide(const BondFacts& facts) {
  const auto named = [](const std::string& name) {
    return [&](const PortFacts& port) { return port.name == name; };
  };
  const auto active = std::ranges::find_if(facts.ports, named(facts.active));
  if (active == facts.ports.end()) return std::nullopt;
  if (active->state != PortState::kNoCarrier && active->state != PortState::kAdminDown) return std::nullopt;
  const PortFacts* best = nullptr;
  for (const auto& port : facts.ports) {
    if (port.state != PortState::kGood) continue;
    if (port.name == facts.primary) {
      best = &port;
      break;
    }
    if (best == nullptr || port.prio > best->prio) best = &port;
  }
  if (best == nullptr) return std::nullopt;
  const auto what = active->state == PortState::kNoCarrier ? "lost its carrier" : "was set down";
  return Switch{facts.name, facts.active, best->name, fmt::format("{} {}", facts.active, what)};
}

bool Damping::allow(const std::string& bond, TimePoint now) {
  auto& recent = recent_[bond];
  while (!recent.empty() && recent.front() + kWindow <= now) recent.pop_front();
  if (recent.size() >= kSwitches) return false;
  recent.push_back(now);
  return true;
}

}  // namespace hawser::netd
