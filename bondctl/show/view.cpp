#include "bondctl/show/view.h"

#include <algorithm>

#include "lib/control/json.h"

namespace hawser::bondctl {

namespace {

template <class Map>
typename Map::mapped_type in(const Map& map, const std::string& name) {
  const auto found = map.find(name);
  return found == map.end() ? typename Map::mapped_type{} : found->second;
}

}  // namespace

Subject subject_of(const View& view, const std::string& name) {
  const auto& link = view.observed.state.links.at(name);
  return {view, name, link, *link.bond, in(view.observed.links, name), in(view.details.bonds, name)};
}

Port port_of(const Subject& subject, const std::string& name) {
  const auto& observed = subject.view.observed;
  const auto status = in(observed.links, name);
  return {name,
          in(observed.state.links, name),
          status,
          status.port.value_or(PortStatus{}),
          in(subject.bond.ports, name),
          in(subject.view.details.ports, name)};
}

std::vector<Port> ports_of(const Subject& subject) {
  std::vector<Port> ports;
  ports.reserve(subject.bond.ports.size());
  for (const auto& [name, options] : subject.bond.ports) ports.push_back(port_of(subject, name));
  return ports;
}

std::string_view monitor_of(const Bond& bond) {
  if (bond.get(BondOption::kArpInterval) > 0) return "arp";
  return bond.get(BondOption::kMiimon) > 0 ? "mii" : "none";
}

std::vector<std::string_view> hidden_options(const Subject& subject) {
  if (subject.view.privileged || subject.bond.mode != BondMode::k8023ad) return {};
  return {"ad_actor_sys_prio", "ad_user_port_key", "ad_actor_system"};
}

bool is_hidden(const Subject& subject, std::string_view option) {
  const auto hidden = hidden_options(subject);
  return std::ranges::find(hidden, option) != hidden.end();
}

bool is_shown(const Subject& subject, const BondOptionInfo& info) {
  return option_applies(info, subject.bond.mode) && !is_hidden(subject, info.name) &&
         !subject.bond.lacking.options.contains(info.option);
}

std::string why_unusable(const Port& port) {
  if (!port.link.up) return "is set down";
  if (!port.status.carrier) return "has no carrier";
  if (port.port.mii == MiiStatus::kGoingUp) return "is back, and updelay is not over";
  if (port.port.mii != MiiStatus::kUp) return "is down for the bond's monitor";
  return {};
}

std::vector<std::string> drained_ports(const Subject& subject) {
  const auto& observed = subject.view.observed;
  std::vector<std::string> names;
  for (const auto& [port, was] : drained_of(subject.view.drained, observed, subject.name))
    if (is_drained(observed, subject.name, port)) names.push_back(port);
  return names;
}

boost::json::array events_of(const Subject& subject) {
  boost::json::array events;
  for (const auto& event : subject.view.events)
    if (control::text_in(event, "object") == subject.name) events.push_back(event);
  return events;
}

boost::json::value last_event(const Subject& subject, std::string_view kind) {
  boost::json::value last;
  for (const auto& event : events_of(subject))
    if (control::text_in(event, "kind") == kind) last = event;
  return last;
}

Result<std::vector<std::string>> choose(const Observed& observed, const std::string& asked) {
  const auto& links = observed.state.links;
  std::vector<std::string> names;
  if (asked.empty()) {
    for (const auto& [name, link] : links)
      if (link.bond) names.push_back(name);
    return names;
  }
  const auto found = links.find(asked);
  if (found == links.end()) return fail("{}: no such interface", asked);
  if (!found->second.bond) return fail("{}: not a bond", asked);
  names.push_back(asked);
  return names;
}

}  // namespace hawser::bondctl
