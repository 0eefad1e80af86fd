#include "bondctl/show/render.h"

#include <algorithm>

#include "bondctl/show/lacp.h"
#include "lib/answer/confirm.h"
#include "lib/cli/table.h"
#include "lib/control/json.h"
#include "lib/state/bond_options.h"

namespace hawser::bondctl {

namespace {

std::string value_of(const Bond& bond, BondOption option) {
  return format_bond_value(info_of(option), bond.get(option));
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
  return is_shown(subject, info) && subject.bond.get(info.option) != defaults.get(info.option);
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
  for (const auto name : hidden_options(subject)) text += fmt::format("{}{}", text.empty() ? "" : ", ", name);
  if (text.empty()) return text;
  return text +
         ", and of each port the LACP system, key and number of both ends: the kernel shows them only "
         "with CAP_NET_ADMIN (sudo)";
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
  return text;
}

// Netd's word on the last one of a kind; what the kernel did before it was heard of has no time.
std::string describe_last(const Subject& subject, std::string_view kind) {
  const auto event = last_event(subject, kind);
  if (event.is_null()) return {};
  return fmt::format("{} {}", control::text_in(event, "at"), cli::printable(control::text_in(event, "line")));
}

// A part of what is said of a bond, under its title; continued below where the terminal is narrow.
std::string detail(std::string_view title, const std::string& text, std::size_t width) {
  constexpr std::size_t kIndent = 11;
  if (text.empty()) return text;
  const auto lines = width > kIndent ? cli::wrapped(text, width - kIndent) : std::vector<std::string>{text};
  std::string result;
  for (const auto& line : lines)
    result += fmt::format("  {:<8} {}\n", result.empty() ? title : std::string_view{}, line);
  return result;
}

std::string carrier_of(const Port& port) {
  if (!port.link.up) return "off";
  return port.status.carrier ? "yes" : "no";
}

std::string speed_of(const Port& port) {
  return port.details.speed ? format_speed(*port.details.speed) : std::string{};
}

std::string mii_of(const Subject& subject, const Port& port) {
  return monitor_of(subject.bond) == "none" ? "not monitored" : std::string(name_of(port.port.mii));
}

std::string_view role_of(const Port& port) {
  return port.port.active ? "active" : "backup";
}

// LACP's own where it is not the usual one.
std::string prio_of(const Subject& subject, const Port& port) {
  if (has_active_port(subject.bond.mode)) return std::to_string(port.options.prio);
  const bool usual = subject.bond.mode != BondMode::k8023ad || port.options.actor_port_prio == kActorPortPrio;
  return usual ? "" : std::to_string(port.options.actor_port_prio);
}

std::string port_table(const Subject& subject) {
  using cli::Align;
  cli::Table table{{{"port"},
                    {"role"},
                    {"carrier"},
                    {"mii"},
                    {"speed"},
                    {"failures", Align::kRight},
                    {"prio", Align::kRight},
                    {"queue", Align::kRight},
                    {"permanent MAC"}}};
  for (const auto& port : ports_of(subject))
    table.add({port.name, std::string(role_of(port)), carrier_of(port), mii_of(subject, port), speed_of(port),
               std::to_string(port.port.failures), prio_of(subject, port),
               port.options.queue_id == 0 ? "" : std::to_string(port.options.queue_id),
               to_string(port.port.permanent_mac)});
  return table.str("  ");
}

// The same in sentences, for a terminal that is too narrow for the table.
std::string port_sentences(const Subject& subject, std::size_t width) {
  std::string text;
  for (const auto& port : ports_of(subject)) {
    auto words =
        fmt::format("{}, carrier {}, mii {}", role_of(port), carrier_of(port), mii_of(subject, port));
    if (port.details.speed) words += ", speed " + speed_of(port);
    words += fmt::format(", failures {}", port.port.failures);
    if (const auto prio = prio_of(subject, port); !prio.empty()) words += ", prio " + prio;
    if (port.options.queue_id != 0) words += fmt::format(", queue {}", port.options.queue_id);
    words += fmt::format(", permanent MAC {}", port.port.permanent_mac);
    text += detail("port", fmt::format("{}: {}", port.name, words), width);
  }
  return text;
}

bool fits(std::string_view text, std::size_t width) {
  if (width == 0) return true;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (cli::width_of(text.substr(0, end)) > width) return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

std::string render_ports(const Subject& subject, std::size_t width) {
  if (subject.bond.ports.empty()) return "  no ports\n";
  auto table = port_table(subject);
  return fits(table, width) ? table : port_sentences(subject, width);
}

std::string render_lacp(const Subject& subject, std::size_t width) {
  if (subject.bond.mode != BondMode::k8023ad) return {};
  std::string text;
  for (const auto& port : ports_of(subject)) {
    if (!port.details.lacp) continue;
    const auto why = why_not_carrying(subject, port);
    text += detail("LACP",
                   fmt::format("{}: aggregator {}, {}", port.name, port.details.lacp->aggregator,
                               why.empty() ? "carries" : "does not carry: " + why),
                   width);
    text += detail("actor", describe_actor(port), width) + detail("partner", describe_partner(port), width) +
            detail("LACPDUs", describe_counters(port), width);
  }
  return text;
}

std::string render_one(const Subject& subject, std::size_t width) {
  std::string text;
  for (const auto& line :
       width > 0 ? cli::wrapped(headline(subject), width) : std::vector<std::string>{headline(subject)})
    text += line + "\n";
  const auto add = [&](std::string_view title, const std::string& words) {
    text += detail(title, words, width);
  };
  add("monitor", describe_monitor(subject.bond));
  add("primary", describe_primary(subject.bond));
  add("options", describe_options(subject));
  add("LACP", describe_aggregator(subject));
  add("guard", describe_guard(subject));
  add("last", describe_last(subject, "switch"));
  add("state", describe_last(subject, "state"));
  for (const auto& port : drained_ports(subject))
    add("drained",
        fmt::format("{}: 'bondctl undrain {} {}' gives it back its part", port, subject.name, port));
  add("hidden", describe_hidden(subject));
  return text + render_ports(subject, width) + render_lacp(subject, width);
}

}  // namespace

std::string render(const View& view, const std::vector<std::string>& bonds, std::size_t width) {
  auto text = answer::waiting_text(view.waiting);
  if (bonds.empty()) return text + "no bonds\n";
  for (const auto& name : bonds)
    text += (text.empty() ? "" : "\n") + render_one(subject_of(view, name), width);
  return text;
}

}  // namespace hawser::bondctl
