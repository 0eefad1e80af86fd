#include "vipd/daemon/status.h"

#include <boost/json.hpp>

#include "lib/base/wall_clock.h"
#include "lib/config/problem_json.h"
#include "vipd/addresses/unaccepted.h"
#include "vipd/addresses/virtual_link.h"
#include "vipd/daemon/findings.h"

namespace hawser::vipd {

namespace json = boost::json;

namespace {

double seconds_between(TimePoint from, TimePoint to) {
  return std::chrono::duration<double>(to - from).count();
}

double rounded(double seconds) {
  return std::round(seconds * 1000) / 1000;
}

std::string_view word(Holding holding) {
  switch (holding) {
    case Holding::kOurs:
      return "held";
    case Holding::kOursMute:
      return "does not answer";
    case Holding::kForeign:
      return "held, not ours";
    case Holding::kForeignTentative:
      return "tentative, not ours";
    case Holding::kForeignDuplicate:
      return "duplicate, not ours";
    case Holding::kNo:
      break;
  }
  return "not held";
}

json::object bad_json(const BadPackets& bad) {
  json::object object;
  for (const auto& [reason, name] : kNames<BadPacket>) object[name] = bad.of(reason);
  return object;
}

json::object counters_json(const Counters& counters) {
  return {{"advertisements_sent", counters.sent},         {"advertisements_refused", counters.not_sent},
          {"advertisements_received", counters.received}, {"became_active", counters.became_active},
          {"addresses_announced", counters.announced},    {"addresses_put_back", counters.put_back},
          {"bad_packets", bad_json(counters.bad)}};
}

json::value heard_json(const std::optional<Heard>& heard, TimePoint now) {
  if (!heard) return nullptr;
  return json::object{{"address", to_string(heard->source)},
                      {"priority", heard->priority.value},
                      {"seconds_ago", rounded(seconds_between(heard->at, now))}};
}

json::array conflicts_json(const RouterStatus& router, TimePoint now) {
  json::array conflicts;
  for (const auto& [address, conflict] : router.conflicts)
    conflicts.push_back(json::object{{"address", to_string(address)},
                                     {"mac", to_string(conflict.mac)},
                                     {"seconds_ago", rounded(seconds_between(conflict.at, now))}});
  return conflicts;
}

json::object late_json(const Late& late) {
  const auto& quarters = late.by_quarter;
  return {{"over_half", late.over_half},
          {"by_quarter", json::array(quarters.begin(), quarters.end())},
          {"longest", rounded(std::chrono::duration<double>(late.longest).count())}};
}

json::array addresses_json(const RouterStatus& router) {
  json::array addresses;
  for (const auto& [address, holding] : router.addresses)
    addresses.push_back(json::object{
        {"address", to_string(address.second)}, {"interface", address.first}, {"state", word(holding)}});
  return addresses;
}

json::array put_by_others_json(const RouterStatus& router) {
  json::array addresses;
  for (const auto& [interface, prefix] : router.put_by_others)
    addresses.push_back(json::object{{"address", to_string(prefix)}, {"interface", interface}});
  return addresses;
}

json::value time_json(const std::optional<provider::WallTime>& time) {
  return time ? json::value(iso8601(*time)) : json::value(nullptr);
}

json::object route_json(const RouteReport& route) {
  return {{"address", to_string(route.address)},
          {"leads", name_of(route.standing)},
          {"target", route.target.empty() ? json::value(nullptr) : json::value(route.target)},
          {"node", route.node.empty() ? json::value(nullptr) : json::value(route.node)},
          {"confirmed", route.confirmed},
          {"lost", route.lost},
          {"read", time_json(route.read_at)},
          {"since", time_json(route.since)},
          {"asking", route.asking ? json::value(name_of(*route.asking)) : json::value(nullptr)},
          {"trouble", route.trouble.empty() ? json::value(nullptr) : json::value(route.trouble)},
          {"next", time_json(route.next)},
          {"left", json::object{{"reads", route.reads_left}, {"switches", route.switches_left}}}};
}

json::value provider_json(const config::Vip& vip, const DaemonStatus& status) {
  if (vip.manner->provider.empty()) return nullptr;
  json::array routes;
  for (const auto& route : status.routes)
    if (route.vip == vip.name) routes.push_back(route_json(route));
  return json::object{
      {"name", vip.manner->provider}, {"arbiter", vip.manner->arbiter}, {"routes", std::move(routes)}};
}

json::object stance_json(const RouterStatus& router, const DaemonStatus& status) {
  const auto found = status.stands.find(router.vip.name);
  const bool ends = found != status.stands.end() && found->second.until;
  return {{"is", name_of(router.stance)},
          {"until", ends ? json::value(iso8601(*found->second.until)) : nullptr}};
}

json::value virtual_mac_json(const config::Vip& vip) {
  const auto link = virtual_link_of(vip);
  if (!link) return nullptr;
  return json::object{{"mac", to_string(link->mac)}, {"device", link->name}};
}

// How its advertisements are authenticated.
std::string_view authentication(const RouterStatus& router) {
  if (!router.vip.manner->hmac.empty()) return "hmac";
  return router.form.password.empty() ? "none" : "password";
}

json::array senders_json(const RouterStatus& router, TimePoint now) {
  json::array senders;
  for (const auto& [address, sender] : router.senders)
    senders.push_back(json::object{{"address", to_string(address)},
                                   {"key", sender.key ? json::value(*sender.key) : json::value(nullptr)},
                                   {"clock_ahead_seconds", sender.clock_lead.count()},
                                   {"seconds_ago", rounded(seconds_between(sender.at, now))}});
  return senders;
}

json::value hmac_json(const RouterStatus& router, TimePoint now) {
  const auto& vip = router.vip;
  if (vip.manner->hmac.empty()) return nullptr;
  const bool is_silent = vip.manner->hmac_mode == config::HmacMode::kReceiveOnly;
  const auto window = config::window_of(vip.manner->hmac_window, vip.manner->advertisement_interval);
  json::array keys;
  for (const auto& key : vip.manner->hmac) keys.emplace_back(key.id);
  return json::object{
      {"mode", name_of(vip.manner->hmac_mode)},
      {"signs_with", is_silent ? json::value(nullptr) : json::value(vip.manner->hmac.front().id)},
      {"keys", std::move(keys)},
      {"window_seconds", window ? json::value(window->count()) : json::value(nullptr)},
      {"senders", senders_json(router, now)}};
}

json::value router_json(const RouterStatus& router, const DaemonStatus& status) {
  const auto& vip = router.vip;
  const auto lasted = status.now - router.since;
  const bool multicast = vip.manner->transport == config::VrrpTransport::kMulticast;
  return json::object{
      {"name", vip.name},
      {"interface", vip.interface},
      {"virtual_router_id", vip.virtual_router_id.value},
      {"family", to_string(family_of(vip))},
      {"role", name_of(router.role)},
      {"answers", router.answers},
      {"stance", stance_json(router, status)},
      {"since",
       iso8601(status.wall_clock - std::chrono::duration_cast<std::chrono::system_clock::duration>(lasted))},
      {"seconds", rounded(seconds_between(router.since, status.now))},
      {"why", router.why},
      {"outlook", router.outlook},
      {"priority", vip.priority.value},
      {"advertisement_interval", format_duration(vip.manner->advertisement_interval)},
      {"source",
       router.source.is_unspecified() ? json::value(nullptr) : json::value(to_string(router.source))},
      {"transport", multicast ? "multicast" : "unicast"},
      {"version", router.form.version},
      {"checksum",
       router.form.version == 2 || router.form.checksum == VrrpChecksum::kPlain ? "plain" : "pseudo-header"},
      {"accept", accepts(vip)},
      {"virtual_mac", virtual_mac_json(vip)},
      {"store", name_of(vip.manner->store)},
      {"authentication", authentication(router)},
      {"hmac", hmac_json(router, status.now)},
      {"heard", heard_json(router.heard, status.now)},
      {"late", late_json(router.late)},
      {"conflicts", conflicts_json(router, status.now)},
      {"lease_seconds",
       router.lease.length.count() == 0 ? json::value(nullptr) : json::value(router.lease.length.count())},
      {"addresses", addresses_json(router)},
      {"put_by_others", put_by_others_json(router)},
      {"provider", provider_json(vip, status)},
      {"fault", router.fault.empty() ? json::value(nullptr) : json::value(router.fault)},
      {"counters", counters_json(router.counters)}};
}

json::object restart_json(const RestartStatus& restart) {
  return {{"tried", restart.tried},
          {"refused", restart.refused.empty() ? json::value(nullptr) : json::value(restart.refused)}};
}

json::object config_json(const DaemonStatus& status) {
  const auto* state = status.last_good ? "last good" : status.problems.empty() ? "current" : "broken";
  return {{"file", status.config_file},
          {"state", state},
          {"readings", status.readings},
          {"changes", status.changes},
          {"problems", config::problems_json(status.problems)}};
}

}  // namespace

json::value to_json(const DaemonStatus& status) {
  const auto found = findings(status);
  json::array vips;
  for (const auto& router : status.vips) vips.push_back(router_json(router, status));
  json::array interfaces;
  for (const auto& interface : status.interfaces)
    interfaces.push_back(json::object{{"name", interface.name},
                                      {"family", to_string(interface.family)},
                                      {"bad_packets", bad_json(interface.bad)}});
  return json::object{{"format", 1},
                      {"program", "vipd"},
                      {"version", HAWSER_VERSION},
                      {"pid", status.pid},
                      {"started", iso8601(status.started)},
                      {"node", status.node},
                      {"state", name_of(overall(found))},
                      {"findings", findings_json(found)},
                      {"config", config_json(status)},
                      {"restart", restart_json(status.restart)},
                      {"vips", std::move(vips)},
                      {"interfaces", std::move(interfaces)},
                      {"lateness", json::object{{"loop", latencies_json(status.loop)}}}};
}

}  // namespace hawser::vipd
