#include "netd/findings.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "lib/base/find_in.h"
#include "netd/address_state.h"
#include "netd/events.h"

namespace hawser::netd {
namespace {

constexpr std::size_t kNamed = 3;  // real servers in one finding; the table has the rest

void add(std::vector<Finding>& list, Finding finding) {
  if (finding.state != Condition::kOk) list.push_back(std::move(finding));
}

bool has_carrier(const std::string& name, const Observed& observed) {
  const auto status = observed.links.find(name);
  return status != observed.links.end() && status->second.carrier;
}

// A carrier is the business of whatever has one of its own: not of a VLAN whose device is down, nor of a
// port.
bool misses_its_carrier(const std::string& name, const Link& link, const Observed& observed) {
  if (has_carrier(name, observed)) return false;
  if (link.vlan) return has_carrier(link.vlan->on, observed);
  return link.kind == LinkKind::kPhysical && observed.state.links.at(name).master.empty();
}

Finding state_of_link(const std::string& name, const Link& wanted, const Observed& observed) {
  const auto link = observed.state.links.find(name);
  if (link == observed.state.links.end()) return {name, Condition::kDead, "there is no such device"};
  if (!wanted.up) return {name, Condition::kOk, "set down by the file"};
  if (!link->second.up) return {name, Condition::kDead, "it is set down"};
  if (misses_its_carrier(name, wanted, observed)) return {name, Condition::kDead, "it has no carrier"};
  return {name, Condition::kOk, "up"};
}

// Addresses of the file that are there and answer nobody.
void add_duplicates(std::vector<Finding>& list, const std::string& name, const Link& wanted,
                    const Observed& observed) {
  const auto status = observed.links.find(name);
  if (status == observed.links.end()) return;
  for (const auto& [prefix, detection] : status->second.undetected)
    if (detection == Detection::kFailed && wanted.addresses.contains(prefix))
      list.push_back(
          {name, Condition::kDegraded,
           fmt::format("{} answers nobody: duplicate address detection found it on another host", prefix)});
}

// Why a real server that the file wants in service is not; empty: it is.
std::string why_out(const Pools::At& at, const Member& member, const Pools& pools) {
  if (member.server.weight == 0 || member.sorry) return {};  // the file says so
  if (at.present != nullptr)
    if (const auto* real = find_in(at.present->reals, member.real); real != nullptr && real->weight > 0)
      return {};
  const auto* weight = pools.find(at.key, member.real);
  if (weight != nullptr && weight->because != Because::kChecks) return weight->reason;
  const auto judgement = judge(at.service, member, at.health);
  return judgement.state == probes::HealthState::kUp ? "up, but the kernel does not have it"
                                                     : judgement.reason();
}

std::vector<std::string> out_of_service(const Pools::At& at, const Pools& pools) {
  std::vector<std::string> list;
  for (const auto& member : at.service.members)
    if (const auto why = why_out(at, member, pools); !why.empty())
      list.push_back(fmt::format("{}: {}", full_name(member), why));
  return list;
}

std::size_t without_sorry(const VirtualServer& service) {
  return static_cast<std::size_t>(std::ranges::count(service.members, false, &Member::sorry));
}

// What the pool makes of it.
std::string state_of_pool(const Pools::At& at, const Pools& pools) {
  const auto* pool = pools.find(at.key);
  if (pool == nullptr) return {};
  if (pool->memory.panic)
    return fmt::format("fewer than {}% are up: the last good ones stay; ", at.service.policy.panic_threshold);
  const bool has_sorry = without_sorry(at.service) < at.service.members.size();
  if (!pool->memory.quorate && (has_sorry || at.service.policy.quorum > 1))
    return fmt::format("the quorum of {} is lost; ", at.service.policy.quorum);
  return {};
}

std::string joined(std::vector<std::string> list) {
  const auto more = list.size() - std::min(list.size(), kNamed);
  list.resize(std::min(list.size(), kNamed));
  auto text = fmt::format("{}", fmt::join(list, "; "));
  return more == 0 ? text : fmt::format("{}; and {} more", text, more);
}

bool has_one_in_service(const Service& present) {
  return std::ranges::any_of(present.reals, [](const auto& real) { return real.second.weight > 0; });
}

Finding state_of_guard(const GuardStatus& guard) {
  if (guard.state != GuardStatus::State::kRestarting) return {"bond guard", Condition::kOk, ""};
  return {"bond guard", Condition::kDegraded,
          "not running: cables are left to the kernel's own monitor until it is started again"};
}

// "bond0: add port eth1: No such device" is said of bond0.
Finding refused(const Waiting& waiting) {
  const auto prefix = waiting.object + ": ";
  const auto& text = waiting.reason;
  return {waiting.object, Condition::kDegraded, text.starts_with(prefix) ? text.substr(prefix.size()) : text};
}

// A section that waits for its device is not in the resolved network.
Finding missing(const config::MissingDevice& device) {
  return {device.link, Condition::kDead, words_of(device)};
}

Finding doubled(const config::DoubledPort& port) {
  return {port.bond, Condition::kDegraded, words_of(port)};
}

}  // namespace

std::vector<Finding> states_of_links(const config::ResolvedPorts& network, const Observed& observed) {
  std::vector<Finding> list;
  list.reserve(network.network.links.size());
  for (const auto& [name, link] : network.network.links)
    list.push_back(link.bond ? state_of_bond(name, link, network.missing, observed)
                             : state_of_link(name, link, observed));
  std::ranges::move(states_of_addresses(network, observed), std::back_inserter(list));
  return list;
}

Finding state_of_service(const Pools::At& at, const Pools& pools) {
  const auto& [key, service, health, present] = at;
  Finding finding{fmt::format("{} {}", service.service, key), Condition::kDead, ""};
  if (service.members.empty()) {
    finding.text = "no real server of the file has an address of its family";
    return finding;
  }
  const auto out = out_of_service(at, pools);
  if (present == nullptr || !has_one_in_service(*present)) {
    finding.text = out.empty() ? "no real server in service: every weight is 0"
                               : fmt::format("no real server in service: {}", joined(out));
    return finding;
  }
  const auto pool = state_of_pool(at, pools);
  finding.state = out.empty() && pool.empty() ? Condition::kOk : Condition::kDegraded;
  finding.text = pool;
  if (!out.empty())
    finding.text += fmt::format("{} of {} real servers out of service: {}", out.size(),
                                without_sorry(service), joined(out));
  else if (!pool.empty())
    finding.text.resize(pool.size() - 2);
  if (present->scheduler == service.wanted.scheduler) return finding;
  finding.state = Condition::kDegraded;
  finding.text = fmt::format("scheduler {} instead of {}{}{}", present->scheduler, service.wanted.scheduler,
                             finding.text.empty() ? "" : "; ", finding.text);
  return finding;
}

std::vector<Finding> findings(const Situation& situation) {
  std::vector<Finding> list;
  add(list, answer::state_of_source(situation.source));
  if (!situation.ready)
    list.push_back({"netd", Condition::kDegraded, "starting: not all of the file was tried"});
  for (auto& state : states_of_links(situation.network, situation.observed)) add(list, std::move(state));
  for (const auto& [name, link] : situation.network.network.links)
    add_duplicates(list, name, link, situation.observed);
  for (const auto& device : situation.network.missing_devices) add(list, missing(device));
  for (const auto& port : situation.network.doubled) add(list, doubled(port));
  for (const auto& [key, service] : situation.layout) {
    add(list,
        state_of_service({key, service, situation.health, find_in(situation.table, key)}, situation.pools));
  }
  for (const auto& waiting : situation.waiting) add(list, refused(waiting));
  add(list, state_of_guard(situation.guard));
  return list;
}

}  // namespace hawser::netd
