#include "bondctl/render.h"

#include <boost/json.hpp>

#include "lib/cli/table.h"
#include "lib/state/bond_options.h"

namespace hawser::bondctl {

namespace {

namespace json = boost::json;

// One bond with all that is known of it.
struct Subject {
  const View& view;
  const std::string& name;
  const Link& link;
  const Bond& bond;
  LinkStatus status;
};

Subject subject_of(const View& view, const std::string& name) {
  const auto& link = view.observed.state.links.at(name);
  const auto status = view.observed.links.find(name);
  return {view, name, link, *link.bond, status == view.observed.links.end() ? LinkStatus{} : status->second};
}

struct Port {
  Link link;
  LinkStatus status;
  PortStatus port;
};

Port port_of(const Subject& subject, const std::string& name) {
  Port result;
  const auto& observed = subject.view.observed;
  if (const auto link = observed.state.links.find(name); link != observed.state.links.end())
    result.link = link->second;
  if (const auto status = observed.links.find(name); status != observed.links.end())
    result.status = status->second;
  result.port = result.status.port.value_or(PortStatus{});
  return result;
}

std::string_view monitor_of(const Bond& bond) {
  if (bond.get(BondOption::kArpInterval) > 0) return "arp";
  return bond.get(BondOption::kMiimon) > 0 ? "mii" : "none";
}

std::string value_of(const Bond& bond, BondOption option) {
  return format_bond_value(info_of(option), bond.get(option));
}

// Dumped only to CAP_NET_ADMIN, and only in 802.3ad (bond_fill_info).
std::vector<std::string_view> hidden_of(const Subject& subject) {
  if (subject.view.privileged || subject.bond.mode != BondMode::k8023ad) return {};
  return {"ad_actor_sys_prio", "ad_user_port_key", "ad_actor_system"};
}

bool is_hidden(const Subject& subject, std::string_view option) {
  const auto hidden = hidden_of(subject);
  return std::ranges::find(hidden, option) != hidden.end();
}

std::string targets_of(const Bond& bond) {
  std::string text;
  for (const auto* list : {&bond.arp_ip_target, &bond.ns_ip6_target})
    for (const auto& target : *list) text += (text.empty() ? "" : ", ") + to_string(target);
  return text.empty() ? "nobody: it has no target" : text;
}

std::string describe_monitor(const Bond& bond) {
  const auto monitor = monitor_of(bond);
  if (monitor == "none") return "none: nothing monitors its links: a dead cable will not be noticed";
  std::string text =
      monitor == "arp"
          ? fmt::format("arp every {}, asking {}", value_of(bond, BondOption::kArpInterval), targets_of(bond))
          : fmt::format("mii every {}", value_of(bond, BondOption::kMiimon));
  for (const auto option : {BondOption::kUpdelay, BondOption::kDowndelay})
    if (bond.get(option) > 0) text += fmt::format(", {} {}", info_of(option).name, value_of(bond, option));
  return text;
}

// Said elsewhere, or shown only where it differs from what a new bond has.
bool is_worth_a_word(const Subject& subject, const BondOptionInfo& info, const Bond& defaults) {
  for (const auto said : {BondOption::kMiimon, BondOption::kArpInterval, BondOption::kUpdelay,
                          BondOption::kDowndelay, BondOption::kPrimaryReselect})
    if (info.option == said) return false;
  return option_applies(info, subject.bond.mode) && !is_hidden(subject, info.name) &&
         subject.bond.get(info.option) != defaults.get(info.option);
}

std::string describe_options(const Subject& subject) {
  const auto defaults = kernel_default_bond(subject.bond.mode);
  std::string text;
  for (const auto& info : bond_options()) {
    if (!is_worth_a_word(subject, info, defaults)) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", info.name, value_of(subject.bond, info.option));
  }
  return text;
}

std::string describe_primary(const Bond& bond) {
  if (!has_active_port(bond.mode)) return {};
  if (bond.primary.empty()) return "none";
  return fmt::format("{}, reselect {}", bond.primary, value_of(bond, BondOption::kPrimaryReselect));
}

std::string describe_guard(const Subject& subject) {
  const auto& guard = subject.view.guard;
  if (!guard) return {};
  const auto found = guard->bonds.find(subject.name);
  if (found == guard->bonds.end()) return "none: netd does not guard this bond";
  const auto& bond = found->second;
  if (!bond.unguarded_because.empty()) return "none: " + bond.unguarded_because;
  auto text = fmt::format("{}, {} switches", guard->state, bond.switches);
  if (!bond.last_switch.empty()) text += ", the last one " + bond.last_switch;
  if (!bond.last_refusal.empty()) text += "; refused: " + bond.last_refusal;
  return text;
}

std::string describe_hidden(const Subject& subject) {
  std::string text;
  for (const auto name : hidden_of(subject)) text += fmt::format("{}{}", text.empty() ? "" : ", ", name);
  return text.empty() ? text : text + ": the kernel shows them only with CAP_NET_ADMIN (sudo)";
}

std::string headline(const Subject& subject) {
  auto text =
      fmt::format("{}: {}, {}", subject.name, name_of(subject.bond.mode), subject.link.up ? "up" : "down");
  if (subject.link.up) text += subject.status.carrier ? ", carrier" : ", no carrier";
  if (has_active_port(subject.bond.mode))
    text += subject.status.active_port.empty() ? ", no active port"
                                               : ", active port " + subject.status.active_port;
  if (subject.link.mac) text += fmt::format(", MAC {}", *subject.link.mac);
  if (subject.link.mtu) text += fmt::format(", MTU {}", *subject.link.mtu);
  return text + "\n";
}

std::string detail(std::string_view title, const std::string& text) {
  return text.empty() ? text : fmt::format("  {:<8} {}\n", title, text);
}

std::string carrier_of(const Port& port) {
  if (!port.link.up) return "off";
  return port.status.carrier ? "yes" : "no";
}

std::string render_ports(const Subject& subject) {
  if (subject.bond.ports.empty()) return "  no ports\n";
  using cli::Align;
  cli::Table table{{{"port"},
                    {"role"},
                    {"carrier"},
                    {"mii"},
                    {"failures", Align::kRight},
                    {"prio", Align::kRight},
                    {"queue", Align::kRight},
                    {"permanent MAC"}}};
  const bool monitored = monitor_of(subject.bond) != "none";
  for (const auto& [name, options] : subject.bond.ports) {
    const auto port = port_of(subject, name);
    table.add({name, port.port.active ? "active" : "backup", carrier_of(port),
               monitored ? std::string(name_of(port.port.mii)) : "not monitored",
               std::to_string(port.port.failures),
               has_active_port(subject.bond.mode) ? std::to_string(options.prio) : "",
               options.queue_id == 0 ? "" : std::to_string(options.queue_id),
               to_string(port.port.permanent_mac)});
  }
  return table.str("  ");
}

std::string render_one(const Subject& subject) {
  return headline(subject) + detail("monitor", describe_monitor(subject.bond)) +
         detail("primary", describe_primary(subject.bond)) + detail("options", describe_options(subject)) +
         detail("guard", describe_guard(subject)) + detail("hidden", describe_hidden(subject)) +
         render_ports(subject);
}

json::object options_json(const Subject& subject) {
  json::object options;
  for (const auto& info : bond_options())
    if (option_applies(info, subject.bond.mode) && !is_hidden(subject, info.name))
      options[info.name] = value_of(subject.bond, info.option);
  return options;
}

json::array addresses_json(const std::vector<IpAddress>& addresses) {
  json::array list;
  for (const auto& address : addresses) list.emplace_back(to_string(address));
  return list;
}

json::array ports_json(const Subject& subject) {
  json::array list;
  for (const auto& [name, options] : subject.bond.ports) {
    const auto port = port_of(subject, name);
    list.push_back(json::object{{"name", name},
                                {"up", port.link.up},
                                {"carrier", port.status.carrier},
                                {"active", port.port.active},
                                {"mii", name_of(port.port.mii)},
                                {"failures", port.port.failures},
                                {"carrier_changes", port.status.carrier_changes},
                                {"prio", options.prio},
                                {"queue_id", options.queue_id},
                                {"permanent_mac", to_string(port.port.permanent_mac)}});
  }
  return list;
}

json::object bond_json(const Subject& subject) {
  json::array hidden;
  for (const auto name : hidden_of(subject)) hidden.emplace_back(name);
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
          {"ports", ports_json(subject)}};
}

}  // namespace

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

std::string render(const View& view, const std::vector<std::string>& bonds) {
  if (bonds.empty()) return "no bonds\n";
  std::string text;
  for (const auto& name : bonds) text += (text.empty() ? "" : "\n") + render_one(subject_of(view, name));
  return text;
}

json::value to_json(const View& view, const std::vector<std::string>& bonds) {
  json::array list;
  for (const auto& name : bonds) list.push_back(bond_json(subject_of(view, name)));
  json::value guard;
  if (view.guard)
    guard = {{"state", view.guard->state}, {"switches", view.guard->switches}, {"last", view.guard->last}};
  return {{"format", 1}, {"bonds", std::move(list)}, {"guard", std::move(guard)}};
}

}  // namespace hawser::bondctl
