#include "netd/status.h"

#include <boost/json.hpp>
#include <unistd.h>

#include "lib/base/find_in.h"
#include "lib/base/wall_clock.h"
#include "netd/guard/failover.h"

namespace hawser::netd {
namespace {

namespace json = boost::json;

std::int64_t milliseconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration_cast<Milliseconds>(duration).count();
}

json::value lacp_json(const std::optional<LacpStatus>& lacp) {
  if (!lacp) return nullptr;
  return json::object{
      {"aggregator", lacp->aggregator}, {"partner", lacp->partner}, {"distributing", lacp->distributing}};
}

json::object port_json(const std::string& bond, const std::string& name, const Observed& observed) {
  json::object port{{"name", name}};
  const auto link = observed.state.links.find(name);
  const auto status = observed.links.find(name);
  const bool present = link != observed.state.links.end() && status != observed.links.end();
  const auto facts = present ? status->second : LinkStatus{};
  const auto member = facts.port.value_or(PortStatus{});
  port["present"] = present;
  port["member"] = present && link->second.master == bond;
  port["up"] = present && link->second.up;
  port["carrier"] = facts.carrier;
  port["active"] = member.active;
  port["mii"] = facts.port ? name_of(member.mii) : "";
  port["failures"] = member.failures;
  port["carrier_changes"] = facts.carrier_changes;
  port["lacp"] = lacp_json(member.lacp);
  return port;
}

json::object bond_json(const std::string& name, const Link& wanted, const NetworkKeeper& network,
                       const GuardStatus& guard) {
  const auto& observed = network.observed();
  const auto state = state_of_bond(name, wanted, network.resolved().missing, network.observed());
  json::object bond{{"name", name}, {"state", name_of(state.state)}, {"text", state.text}};
  const auto link = observed.state.links.find(name);
  const auto status = observed.links.find(name);
  const bool present =
      link != observed.state.links.end() && status != observed.links.end() && link->second.bond.has_value();
  bond["present"] = present;
  bond["mode"] = name_of(present ? link->second.bond->mode : wanted.bond->mode);
  bond["up"] = present && link->second.up;
  bond["carrier"] = present && status->second.carrier;
  bond["active_port"] = present ? status->second.active_port : "";
  const auto& resolved = network.resolved();
  const auto policy = resolved.bonds.find(name);
  const auto why =
      why_unguarded(*wanted.bond, policy == resolved.bonds.end() ? config::BondPolicy{} : policy->second);
  bond["guarded"] = why.empty();
  bond["unguarded_because"] = why;
  const auto found = guard.bonds.find(name);
  const auto history = found == guard.bonds.end() ? BondHistory{} : found->second;
  bond["switches"] = history.switches;
  bond["last_switch"] = history.last_switch;
  bond["last_refusal"] = history.last_refusal;
  json::array list;
  for (const auto& [port, options] : wanted.bond->ports) list.push_back(port_json(name, port, observed));
  for (const auto& missing : resolved.missing)
    if (missing.bond == name) list.push_back(port_json(name, missing.port, observed));
  bond["ports"] = std::move(list);
  return bond;
}

// What the file sets of a device that has a section of its own; nothing: it may be what others make of it.
json::array kept_of(const std::string& name, const Link& link, const State& network) {
  json::array kept;
  const auto has_route = [&](const auto& entry) { return entry.second.device == name; };
  if (!link.addresses.empty()) kept.emplace_back("addresses");
  if (std::ranges::any_of(network.routes, has_route)) kept.emplace_back("routes");
  if (link.mtu) kept.emplace_back("mtu");
  if (link.mac) kept.emplace_back("mac");
  if (const auto* master = find_in(network.links, link.master); master != nullptr && !master->bond)
    kept.emplace_back("vrf");
  if (!link.up) kept.emplace_back("up");
  return kept;
}

json::array links_json(const State& network) {
  json::array links;
  for (const auto& [name, link] : network.links)
    if (!link.bond)
      links.push_back(json::object{
          {"name", name}, {"kind", name_of(link.kind)}, {"keeps", kept_of(name, link, network)}});
  return links;
}

json::object check_json(const probes::ProbeKey& key, const probes::Health& health, TimePoint now) {
  const bool known = health.state != probes::HealthState::kUnknown;
  return {{"name", key.check},
          {"target", to_string(key.target)},
          {"state", name_of(health.state)},
          {"words", health.words},
          {"in_a_row", health.in_a_row},
          {"for_ms", known ? milliseconds(now - health.since) : 0},
          {"good", health.good},
          {"bad", health.bad},
          {"not_run", health.not_run}};
}

json::object real_json(const ServiceKey& key, const VirtualServer& service, const Member& member,
                       const Service* present, const StatusFacts& facts) {
  const auto& health = facts.controller.board().table();
  const auto judgement = judge(service, member, health);
  const auto& pools = facts.controller.ipvs().pools();
  const auto* weighed = pools.find(key, member.real);
  const bool by_checks = weighed == nullptr || weighed->because == Because::kChecks;
  std::uint32_t weight = 0;
  if (present != nullptr)
    if (const auto real = present->reals.find(member.real); real != present->reals.end())
      weight = real->second.weight;
  json::array checks;
  for (const auto& probe : member.probes)
    if (const auto known = health.find(probe); known != health.end())
      checks.push_back(check_json(probe, known->second, facts.now));
  return {{"name", member.name},
          {"address", to_string(member.real)},
          {"weight", member.server.weight},
          {"effective_weight", weight},
          {"in_service", weight > 0},
          {"present", present != nullptr && present->reals.contains(member.real)},
          {"state", name_of(judgement.state)},
          {"reason", by_checks ? judgement.reason() : weighed->reason},
          {"because", name_of(weighed == nullptr ? Because::kChecks : weighed->because)},
          {"override", name_of(pools.overrides().of(service, member).what)},
          {"why", weighed == nullptr ? "not looked at yet" : sentence(*weighed)},
          {"sorry", member.sorry},
          {"checks", std::move(checks)}};
}

json::array services_json(const StatusFacts& facts) {
  json::array list;
  const auto& table = facts.controller.ipvs().table();
  for (const auto& [key, service] : facts.controller.ipvs().layout()) {
    const auto found = table.find(key);
    const auto* present = found == table.end() ? nullptr : &found->second;
    json::array reals;
    for (const auto& member : service.members)
      reals.push_back(real_json(key, service, member, present, facts));
    const auto& pools = facts.controller.ipvs().pools();
    const auto state = state_of_service({key, service, facts.controller.board().table(), present}, pools);
    const auto* pool = pools.find(key);
    list.push_back(json::object{{"name", service.service},
                                {"virtual", to_string(key)},
                                {"scheduler", service.wanted.scheduler},
                                {"state", name_of(state.state)},
                                {"text", state.text},
                                {"present", present != nullptr},
                                {"quorate", pool == nullptr || pool->memory.quorate},
                                {"panic", pool != nullptr && pool->memory.panic},
                                {"reals", std::move(reals)}});
  }
  return list;
}

// null: not before something changes.
json::value until(TimePoint due, TimePoint now) {
  if (due == TimePoint::max()) return nullptr;
  return std::max<std::int64_t>(0, milliseconds(due - now));
}

template <class Key>
void add_refusals(json::array& list, const Retries<Key>& refusals, TimePoint now) {
  for (const auto& [key, retry] : refusals.waiting())
    list.push_back(json::object{{"object", fmt::format("{}", key)},
                                {"reason", retry.reason},
                                {"retry_in_ms", until(retry.due, now)}});
}

json::array overrides_json(const StatusFacts& facts) {
  json::array list;
  for (const auto& entry : facts.controller.ipvs().pools().overrides().all())
    list.push_back(json::object{
        {"service", entry.key.service},
        {"real", entry.key.real},
        {"what", name_of(entry.state.what)},
        {"since", iso8601(entry.since)},
        {"out_in_ms", entry.state.deadline ? until(*entry.state.deadline, facts.now) : json::value()}});
  return list;
}

json::object guard_json(const GuardStatus& guard) {
  constexpr std::array<std::string_view, 3> kStates{"off", "running", "restarting"};
  return {{"state", kStates.at(static_cast<std::size_t>(guard.state))},
          {"pid", guard.pid},
          {"restarts", guard.restarts},
          {"switches", guard.switches},
          {"realtime", guard.state == GuardStatus::State::kRunning && guard.not_realtime.empty()},
          {"last", guard.last}};
}

json::object counters_json(const StatusFacts& facts) {
  const auto& counters = facts.controller.counters();
  return {{"steps", counters.steps},
          {"drift_repairs", counters.drift_repairs},
          {"refused", counters.refused},
          {"probes_running", facts.probes_running}};
}

template <class Key>
void add_waiting(std::vector<Waiting>& list, const Retries<Key>& refusals) {
  for (const auto& [key, retry] : refusals.waiting()) list.push_back({fmt::format("{}", key), retry.reason});
}

std::vector<Finding> findings_of(const StatusFacts& facts) {
  const auto& network = facts.controller.network();
  const auto& ipvs = facts.controller.ipvs();
  Situation situation{.network = network.resolved(),
                      .observed = network.observed(),
                      .layout = ipvs.layout(),
                      .health = facts.controller.board().table(),
                      .table = ipvs.table(),
                      .pools = ipvs.pools(),
                      .source = facts.source,
                      .guard = facts.guard,
                      .waiting = {},
                      .ready = facts.ready};
  if (const auto& trouble = facts.controller.journal().trouble(); !trouble.empty())
    situation.waiting.push_back({"journal", trouble});
  auto contested = network.contested();
  std::ranges::move(ipvs.contested(), std::back_inserter(contested));
  std::ranges::move(facts.controller.ipvs_host().upkeep().contested(), std::back_inserter(contested));
  std::ranges::move(facts.controller.nft().upkeep().contested(), std::back_inserter(contested));
  for (auto& what : contested) {
    auto object = what.substr(0, what.find(": "));
    situation.waiting.push_back({std::move(object), std::move(what)});
  }
  if (const auto& blind = facts.controller.board().blind(); !blind.empty())
    situation.waiting.push_back({"probes", blind});
  for (auto& [service, text] : ipvs.flapping(facts.now))
    situation.waiting.push_back({std::move(service), std::move(text)});
  for (const auto& obstacle : facts.controller.obstacles())
    if (obstacle.kind != Obstacle::Kind::kAddress) situation.waiting.push_back({"host", obstacle.text});
  add_waiting(situation.waiting, network.refusals());
  add_waiting(situation.waiting, ipvs.refusals());
  add_waiting(situation.waiting, facts.controller.ipvs_host().upkeep().refusals());
  add_waiting(situation.waiting, facts.controller.nft().upkeep().refusals());
  return findings(situation);
}

}  // namespace

json::object status_json(const StatusFacts& facts) {
  json::array bonds;
  const auto& network = facts.controller.network();
  for (const auto& [name, link] : network.resolved().network.links)
    if (link.bond) bonds.push_back(bond_json(name, link, network, facts.guard));
  json::array refused;
  for (const auto& missing : network.resolved().missing)
    refused.push_back(
        json::object{{"object", missing.bond},
                     {"reason", fmt::format("{}: port {} is missing", missing.bond, missing.port)},
                     {"retry_in_ms", 0}});
  add_refusals(refused, facts.controller.network().refusals(), facts.now);
  add_refusals(refused, facts.controller.ipvs().refusals(), facts.now);
  add_refusals(refused, facts.controller.ipvs_host().upkeep().refusals(), facts.now);
  add_refusals(refused, facts.controller.nft().upkeep().refusals(), facts.now);
  const auto found = findings_of(facts);
  return {{"format", 1},
          {"program", "netd"},
          {"version", HAWSER_VERSION},
          {"pid", ::getpid()},
          {"node", facts.config.node},
          {"ready", facts.ready},
          {"state", name_of(overall(found))},
          {"findings", findings_json(found)},
          {"config", answer::config_json(facts.source)},
          {"bonds", std::move(bonds)},
          {"links", links_json(network.resolved().network)},
          {"services", services_json(facts)},
          {"refused", std::move(refused)},
          {"overrides", overrides_json(facts)},
          {"counters", counters_json(facts)},
          {"guard", guard_json(facts.guard)},
          {"lateness",
           json::object{{"handlers", latencies_json(facts.handlers)}, {"loop", latencies_json(facts.loop)}}}};
}

}  // namespace hawser::netd
