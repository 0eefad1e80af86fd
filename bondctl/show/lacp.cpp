#include "bondctl/show/lacp.h"

#include <boost/json.hpp>

namespace hawser::bondctl {

namespace {

namespace json = boost::json;

bool defaulted(const LacpDetails& lacp) {
  return has(lacp.actor_state, LacpBit::kDefaulted);
}

// Nobody answers, or nobody any more.
std::string why_alone(const Port& port) {
  const auto heard = port.details.counters ? port.details.counters->lacpdu_rx : 0;
  if (heard == 0) return "no LACP partner: not one LACPDU has come in";
  return fmt::format("no LACP partner: silent since its {} LACPDUs", heard);
}

std::string why_in_another(const Subject& subject, const Port& port, const LacpDetails& lacp) {
  const auto& active = *subject.lacp.aggregator;
  if (lacp.partner && lacp.partner->system != active.partner)
    return fmt::format("cabled to another system ({}) than the active aggregator ({})", lacp.partner->system,
                       active.partner);
  if (lacp.partner && lacp.partner->key != active.partner_key)
    return fmt::format("the partner has it in another group (key {}) than the active aggregator (key {})",
                       lacp.partner->key, active.partner_key);
  if (lacp.actor && lacp.actor->key != active.actor_key)
    return fmt::format("its speed or duplex differs ({}, key {}) from the active aggregator's (key {})",
                       format_speed(port.details.speed.value_or(LinkSpeed{})), lacp.actor->key,
                       active.actor_key);
  return fmt::format("it is in aggregator {}, aggregator {} is the active one", lacp.aggregator, active.id);
}

std::string why_not_yet(const LacpDetails& lacp) {
  if (!has(lacp.actor_state, LacpBit::kInSync)) return "it waits to join its aggregator (2s after coming up)";
  if (!has(lacp.partner_state, LacpBit::kInSync)) return "the partner has not put it in sync";
  if (!has(lacp.partner_state, LacpBit::kCollecting)) return "the partner does not collect from it yet";
  return "it does not distribute yet";
}

std::string describe_end(const LacpEnd& end) {
  return fmt::format("key {}, port {} priority {}, system {} priority {}", end.key, end.port,
                     end.port_priority, end.system, end.system_priority);
}

std::string describe_state(std::uint8_t state, const std::optional<LacpEnd>& end,
                           const std::optional<Churn>& churn) {
  auto text = fmt::format("{}", fmt::join(lacp_words(state), ", "));
  if (text.empty()) text = "nothing said";
  if (end) text += "; " + describe_end(*end);
  if (churn == Churn::kChurned) text += "; churned: it does not come into sync";
  return text;
}

json::value end_json(std::uint8_t state, const std::optional<LacpEnd>& end, const std::optional<Churn>& churn,
                     const std::optional<std::uint32_t>& churns) {
  json::array words;
  for (const auto word : lacp_words(state)) words.emplace_back(word);
  json::object object{{"state", state}, {"state_words", std::move(words)}};
  object["churn"] = churn ? json::value(name_of(*churn)) : json::value();
  object["churns"] = churns ? json::value(*churns) : json::value();
  const auto known = [&](auto value) { return end ? json::value(value) : json::value(); };
  const auto said = end.value_or(LacpEnd{});
  object["system"] = known(to_string(said.system));
  object["system_priority"] = known(said.system_priority);
  object["key"] = known(said.key);
  object["port"] = known(said.port);
  object["port_priority"] = known(said.port_priority);
  return object;
}

json::value counters_json(const std::optional<LacpCounters>& counters) {
  if (!counters) return {};
  return {{"lacpdu_rx", counters->lacpdu_rx},
          {"lacpdu_tx", counters->lacpdu_tx},
          {"lacpdu_unknown_rx", counters->lacpdu_unknown_rx},
          {"lacpdu_illegal_rx", counters->lacpdu_illegal_rx},
          {"marker_rx", counters->marker_rx},
          {"marker_tx", counters->marker_tx},
          {"marker_response_rx", counters->marker_response_rx},
          {"marker_response_tx", counters->marker_response_tx},
          {"marker_unknown_rx", counters->marker_unknown_rx}};
}

}  // namespace

std::string why_not_carrying(const Subject& subject, const Port& port) {
  if (const auto words = why_unusable(port); !words.empty()) return "it " + words;
  if (port.details.speed && port.details.speed->duplex == Duplex::kHalf)
    return "half duplex: LACP takes full duplex only";
  if (!port.details.lacp) return "the kernel tells nothing of its LACP";
  const auto& lacp = *port.details.lacp;
  const auto& active = subject.lacp.aggregator;
  const bool joined = active && active->id == lacp.aggregator;
  if (joined && has(lacp.actor_state, LacpBit::kDistributing)) return {};
  if (defaulted(lacp)) return why_alone(port);
  if (has(lacp.actor_state, LacpBit::kExpired)) return "its LACP partner has fallen silent";
  if (!has(lacp.partner_state, LacpBit::kAggregating)) return "the partner lets it join no other port";
  if (active && !joined) return why_in_another(subject, port, lacp);
  return why_not_yet(lacp);
}

std::string describe_aggregator(const Subject& subject) {
  if (subject.bond.mode != BondMode::k8023ad) return {};
  const auto& active = subject.lacp.aggregator;
  if (!active) return "no aggregator is active";
  const auto ports = active->ports == 1 ? std::string("1 port") : fmt::format("{} ports", active->ports);
  const auto carries =
      fmt::format("aggregator {} carries with {}, key {}", active->id, ports, active->actor_key);
  if (active->partner.is_zero()) return carries + "; no partner";
  return fmt::format("{}; partner {} key {}", carries, active->partner, active->partner_key);
}

std::string describe_actor(const Port& port) {
  const auto& lacp = port.details.lacp;
  return lacp ? describe_state(lacp->actor_state, lacp->actor, lacp->actor_churn) : std::string{};
}

std::string describe_partner(const Port& port) {
  const auto& lacp = port.details.lacp;
  if (!lacp) return {};
  if (defaulted(*lacp)) return "none";
  return describe_state(lacp->partner_state, lacp->partner, lacp->partner_churn);
}

std::string describe_counters(const Port& port) {
  if (!port.details.counters) return {};
  const auto& count = *port.details.counters;
  auto text = fmt::format("{} received, {} sent", count.lacpdu_rx, count.lacpdu_tx);
  if (count.lacpdu_unknown_rx > 0) text += fmt::format("; {} unknown", count.lacpdu_unknown_rx);
  if (count.lacpdu_illegal_rx > 0) text += fmt::format("; {} illegal", count.lacpdu_illegal_rx);
  if (count.marker_rx + count.marker_tx > 0)
    text += fmt::format("; markers {} received, {} sent", count.marker_rx, count.marker_tx);
  return text;
}

json::value lacp_json(const Subject& subject, const Port& port) {
  const auto& lacp = port.details.lacp;
  if (!lacp) return {};
  const auto why = why_not_carrying(subject, port);
  return {
      {"aggregator", lacp->aggregator},
      {"carries", why.empty()},
      {"why_not", why},
      {"actor", end_json(lacp->actor_state, lacp->actor, lacp->actor_churn, lacp->actor_churns)},
      {"partner", end_json(lacp->partner_state, lacp->partner, lacp->partner_churn, lacp->partner_churns)},
      {"counters", counters_json(port.details.counters)}};
}

json::value lacp_json(const Subject& subject) {
  if (subject.bond.mode != BondMode::k8023ad) return {};
  json::object object{{"aggregator", {}}, {"counters", counters_json(subject.lacp.counters)}};
  if (const auto& active = subject.lacp.aggregator)
    object["aggregator"] = {{"id", active->id},
                            {"ports", active->ports},
                            {"actor_key", active->actor_key},
                            {"partner_key", active->partner_key},
                            {"partner", to_string(active->partner)}};
  return object;
}

}  // namespace hawser::bondctl
