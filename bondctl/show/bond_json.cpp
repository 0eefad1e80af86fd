#include <boost/json.hpp>

#include "bondctl/show/lacp.h"
#include "bondctl/show/render.h"
#include "lib/answer/confirm.h"
#include "lib/control/json.h"
#include "lib/state/bond_options.h"

namespace hawser::bondctl {

namespace {

namespace json = boost::json;

json::object options_json(const Subject& subject) {
  json::object options;
  for (const auto& info : bond_options())
    if (is_shown(subject, info)) options[info.name] = format_bond_value(info, subject.bond.get(info.option));
  return options;
}

json::array addresses_json(const std::vector<IpAddress>& addresses) {
  json::array list;
  for (const auto& address : addresses) list.emplace_back(to_string(address));
  return list;
}

json::value speed_json(const Port& port, json::value known) {
  return port.details.speed ? std::move(known) : json::value();
}

json::value actor_port_prio_json(const Subject& subject, const Port& port) {
  const bool has = subject.bond.mode == BondMode::k8023ad && !subject.bond.lacking.actor_port_prio;
  return has ? json::value(port.options.actor_port_prio) : json::value();
}

json::object port_json(const Subject& subject, const Port& port) {
  const auto speed = port.details.speed.value_or(LinkSpeed{});
  return {{"name", port.name},
          {"up", port.link.up},
          {"carrier", port.status.carrier},
          {"active", port.port.active},
          {"mii", name_of(port.port.mii)},
          {"failures", port.port.failures},
          {"carrier_changes", port.status.carrier_changes},
          {"carrier_ups", port.details.carrier_ups},
          {"carrier_downs", port.details.carrier_downs},
          {"speed_mbps", speed_json(port, speed.megabits)},
          {"duplex", speed_json(port, json::value(name_of(speed.duplex)))},
          {"prio", port.options.prio},
          {"actor_port_prio", actor_port_prio_json(subject, port)},
          {"queue_id", port.options.queue_id},
          {"permanent_mac", to_string(port.port.permanent_mac)},
          {"lacp", lacp_json(subject, port)}};
}

json::array ports_json(const Subject& subject) {
  json::array list;
  for (const auto& port : ports_of(subject)) list.push_back(port_json(subject, port));
  return list;
}

// The last of netd's events that tells of a switch or of how the bond is.
json::array drained_json(const Subject& subject) {
  json::array list;
  for (const auto& port : drained_ports(subject)) list.emplace_back(port);
  return list;
}

json::object bond_json(const Subject& subject) {
  json::array hidden;
  for (const auto name : hidden_options(subject)) hidden.emplace_back(name);
  json::value guarded;
  if (subject.view.guard) guarded = subject.view.guard->watches(subject.name);
  return {{"name", subject.name},
          {"mode", name_of(subject.bond.mode)},
          {"up", subject.link.up},
          {"carrier", subject.status.carrier},
          {"mac", to_string(subject.link.mac.value_or(MacAddress{}))},
          {"mtu", subject.link.mtu.value_or(0)},
          {"monitor", monitor_of(subject.bond)},
          {"active_port", subject.status.active_port},
          {"primary", subject.bond.primary},
          {"options", options_json(subject)},
          {"arp_ip_target", addresses_json(subject.bond.arp_ip_target)},
          {"ns_ip6_target", addresses_json(subject.bond.ns_ip6_target)},
          {"hidden", hidden},
          {"guarded", guarded},
          {"lacp", lacp_json(subject)},
          {"drained", drained_json(subject)},
          {"last_change", last_event(subject, "switch")},
          {"last_state", last_event(subject, "state")},
          {"ports", ports_json(subject)}};
}

}  // namespace

json::value to_json(const View& view, const std::vector<std::string>& bonds) {
  json::array list;
  for (const auto& name : bonds) list.push_back(bond_json(subject_of(view, name)));
  json::value guard;
  if (view.guard)
    guard = {{"state", view.guard->state}, {"switches", view.guard->switches}, {"last", view.guard->last}};
  return {{"format", 1},
          {"bonds", std::move(list)},
          {"guard", std::move(guard)},
          {"waiting", answer::waiting_json(view.waiting)}};
}

}  // namespace hawser::bondctl
