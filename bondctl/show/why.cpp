#include "bondctl/show/why.h"

#include <algorithm>

#include <boost/json.hpp>

#include "bondctl/show/lacp.h"
#include "lib/cli/table.h"
#include "lib/control/json.h"
#include "lib/state/bond_options.h"

namespace hawser::bondctl {

namespace {

namespace json = boost::json;

constexpr std::size_t kEvents = 10;  // the last ones are what is asked for

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  return fmt::format("{}", fmt::join(parts, between));
}

// The last switch that netd told of, if it led to where the bond is now.
std::string last_switch_to(const Subject& subject, const std::string& port) {
  std::string words;
  for (const auto& event : events_of(subject)) {
    if (control::text_in(event, "kind") != "switch") continue;
    words.clear();
    if (control::text_in(event, "to") != port) continue;
    words = fmt::format("it took over at {}: {}", control::text_in(event, "at"),
                        control::text_in(control::value_in(event, "cause"), "text"));
  }
  return words;
}

// Between ports that are equal for the kernel, the one that is active stays so.
std::string by_rank(const Subject& subject, const Port& active, const std::vector<Port>& others) {
  const auto reselect = format_bond_value(info_of(BondOption::kPrimaryReselect),
                                          subject.bond.get(BondOption::kPrimaryReselect));
  const auto primary = std::ranges::find(others, subject.bond.primary, &Port::name);
  if (primary != others.end())
    return fmt::format("the primary {} is up, but primary_reselect {} leaves the bond where it is",
                       primary->name, reselect);
  if (std::ranges::all_of(others, [&](const Port& one) { return one.options.prio < active.options.prio; }))
    return fmt::format("it has the highest prio ({})", active.options.prio);
  return "nothing prefers another: no primary, no higher prio, so the kernel stays on the one that it has";
}

std::string why_this(const Subject& subject, const Port& active) {
  std::vector<std::string> unusable;
  std::vector<Port> others;
  for (const auto& port : ports_of(subject)) {
    if (port.name == active.name) continue;
    if (const auto words = why_unusable(port); words.empty())
      others.push_back(port);
    else
      unusable.push_back(port.name + " " + words);
  }
  if (!active.usable()) return fmt::format("although it {}: no other port is better", why_unusable(active));
  if (subject.bond.primary == active.name) return "it is the primary";
  if (others.empty() && unusable.empty()) return "it is the only port";
  if (others.empty()) return "it is the only port that is up: " + joined(unusable, ", ");
  if (auto told = last_switch_to(subject, active.name); !told.empty()) return told;
  return by_rank(subject, active, others);
}

std::string why_nobody(const Subject& subject) {
  if (subject.bond.ports.empty()) return "no port is active: the bond has no ports";
  if (!subject.link.up) return "no port is active: the bond is set down";
  std::vector<std::string> reasons;
  for (const auto& port : ports_of(subject)) {
    const auto words = why_unusable(port);
    reasons.push_back(port.name + " " + (words.empty() ? "is up" : words));
  }
  return "no port is active: " + joined(reasons, ", ");
}

std::string who_carries(const Subject& subject) {
  std::vector<std::string> names;
  for (const auto& port : ports_of(subject))
    if (why_not(subject, port).empty()) names.push_back(port.name);
  const auto how = subject.bond.mode == BondMode::k8023ad
                       ? describe_aggregator(subject)
                       : fmt::format("in mode {} every port that is up does", name_of(subject.bond.mode));
  if (names.empty()) return "no port carries: " + how;
  return fmt::format("{} {}: {}", joined(names, ", "), names.size() == 1 ? "carries" : "carry", how);
}

json::array last_events(const Subject& subject) {
  const auto all = events_of(subject);
  json::array last;
  for (auto at = all.size() - std::min(all.size(), kEvents); at < all.size(); ++at) last.push_back(all[at]);
  return last;
}

// What the kernel remembers of a port, without times.
std::string memory_of(const Port& port) {
  return fmt::format("failures {}, carrier ups {}, carrier downs {}", port.port.failures,
                     port.details.carrier_ups, port.details.carrier_downs);
}

class Lines {
 public:
  explicit Lines(std::size_t width) : width_(width) {}

  void add(std::string_view indent, const std::string& text) {
    const auto room = width_ > indent.size() + 2 ? width_ - indent.size() - 2 : 0;
    bool first = true;
    for (const auto& line : room > 0 ? cli::wrapped(text, room) : std::vector<std::string>{text}) {
      text_ += fmt::format("{}{}{}\n", indent, first ? "" : "  ", line);
      first = false;
    }
  }
  [[nodiscard]] std::string str() const { return text_; }

 private:
  std::size_t width_;
  std::string text_;
};

std::string event_line(const json::value& event) {
  return cli::printable(control::text_in(event, "at") + " " + control::text_in(event, "line"));
}

}  // namespace

std::string why_active(const Subject& subject) {
  if (!has_active_port(subject.bond.mode)) return who_carries(subject);
  const auto& active = subject.status.active_port;
  if (active.empty()) return why_nobody(subject);
  return fmt::format("{} is active: {}", active, why_this(subject, port_of(subject, active)));
}

std::string why_not(const Subject& subject, const Port& port) {
  if (subject.bond.mode == BondMode::k8023ad) return why_not_carrying(subject, port);
  if (const auto words = why_unusable(port); !words.empty()) return "it " + words;
  if (!has_active_port(subject.bond.mode) || port.name == subject.status.active_port) return {};
  if (std::ranges::count(drained_ports(subject), port.name) > 0) return "it is drained";
  return "it is up and waits";
}

std::string why_text(const Subject& subject, std::size_t width) {
  Lines lines(width);
  lines.add("", subject.name + ": " + why_active(subject));
  for (const auto& port : ports_of(subject)) {
    const auto reason = why_not(subject, port);
    const auto words = reason.empty() ? std::string("carries") : "does not carry: " + reason;
    lines.add("  ", fmt::format("{}: {}; {}", port.name, words, memory_of(port)));
  }
  if (!hidden_options(subject).empty())
    lines.add(
        "",
        "what the partners of each port are is hidden: the kernel shows it only with CAP_NET_ADMIN (sudo)");
  if (!subject.view.guard) {
    lines.add(
        "", "netd does not answer, so nobody has noted when this happened: 'bondctl watch' tells what comes");
    return lines.str();
  }
  const auto events = last_events(subject);
  lines.add("", events.empty() ? "netd has noted nothing of it" : "what netd has noted:");
  for (const auto& event : events) lines.add("  ", event_line(event));
  return lines.str();
}

json::value why_json(const Subject& subject) {
  json::array ports;
  for (const auto& port : ports_of(subject))
    ports.push_back(json::object{{"name", port.name},
                                 {"active", port.port.active},
                                 {"reason", why_not(subject, port)},
                                 {"failures", port.port.failures},
                                 {"carrier_ups", port.details.carrier_ups},
                                 {"carrier_downs", port.details.carrier_downs}});
  json::value events;
  if (subject.view.guard) events = last_events(subject);
  return {{"format", 1},
          {"bond", subject.name},
          {"mode", name_of(subject.bond.mode)},
          {"active_port", subject.status.active_port},
          {"reason", why_active(subject)},
          {"ports", std::move(ports)},
          {"events", std::move(events)}};
}

}  // namespace hawser::bondctl
