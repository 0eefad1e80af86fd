#include "bondctl/ifupdown/hook.h"

#include <algorithm>
#include <cctype>

#include <fmt/ranges.h>

#include "lib/base/find_in.h"
#include "lib/plan/simulate.h"

namespace hawser::bondctl {

namespace {

using Names = std::vector<std::string>;

// --- the call ---

// ifupdown's sanitize_env_name(): IFUPDOWN_bond0_100 for bond0.100.
std::string in_variable(std::string_view name) {
  std::string text(name);
  std::ranges::replace_if(
      text, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return text;
}

std::string value_in(const Environment& environment, const std::string& name) {
  const auto* value = find_in(environment, name);
  return value == nullptr ? std::string() : *value;
}

std::optional<Phase> phase_of(const std::string& phase) {
  if (phase == "pre-up") return Phase::kPreUp;
  if (phase == "post-up") return Phase::kUp;
  return phase == "post-down" ? std::optional(Phase::kPostDown) : std::nullopt;
}

constexpr std::string_view kOption = "IF_";
constexpr std::string_view kAtWork = "IFUPDOWN_";

HookCall call_of(const Environment& environment, Phase phase) {
  HookCall call;
  call.interface = value_in(environment, "IFACE");
  call.phase = phase;
  call.verbose = value_in(environment, "VERBOSITY") == "1";
  std::vector<StanzaOption> options;
  for (const auto& [name, value] : environment)
    if (name.starts_with(kAtWork))
      call.at_work.insert(name.substr(kAtWork.size()));
    else if (name.starts_with(kOption))
      options.push_back({name.substr(kOption.size()), value});
  call.stanza = read_stanza(call.interface, options);
  return call;
}

// --- what is there ---

const Link* bond_called(const Observed& observed, const std::string& name) {
  const auto* link = find_in(observed.state.links, name);
  return link != nullptr && link->bond ? link : nullptr;
}

Names port_names(const Observed& observed, const std::string& bond) {
  Names names;
  if (const auto* link = bond_called(observed, bond))
    for (const auto& [port, settings] : link->bond->ports) names.push_back(port);
  return names;
}

bool has(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

bool is_there(const Observed& observed, const std::string& port) {
  if (port.starts_with("mac:") || port.starts_with("path:") || observed.links.contains(port)) return true;
  return std::ranges::any_of(observed.links,
                             [&](const auto& one) { return one.second.altnames.contains(port); });
}

// For bond-slaves all: wired Ethernet that nobody uses. udev names wireless devices wl.. and ww...
bool is_free_card(const Observed& observed, const std::string& name) {
  const auto& link = observed.state.links.at(name);
  if (link.kind != LinkKind::kPhysical || !link.master.empty() || name == "lo") return false;
  if (name.starts_with("wl") || name.starts_with("ww") || !link.mac || link.mac->is_zero()) return false;
  return std::ranges::all_of(link.addresses,
                             [](const auto& one) { return is_kernel_made(one.first, one.second); });
}

// --- edits ---

void put(Edits& edits, const std::string& key, const std::string& value) {
  edits.good.push_back({key, Edit::How::kSet, value});
}

// The first that is a port. That none is, is no mistake: it may come later.
void choose_primary(Edits& edits, const Stanza& stanza, const Names& ports) {
  const auto found = std::ranges::find_if(stanza.primary, [&](const auto& name) { return has(ports, name); });
  if (stanza.primary == Names{"none"})
    put(edits, "primary", "none");
  else if (found != stanza.primary.end())
    put(edits, "primary", *found);
}

// What is said of devices that are no ports, now.
void drop_absent(Asked& asked, const Names& ports) {
  std::erase_if(asked.edits.good, [&](const Edit& edit) {
    const auto dot = edit.key.rfind('.');
    if (dot == std::string::npos || has(ports, edit.key.substr(0, dot))) return false;
    asked.notes.push_back(
        fmt::format("{}: left out: {} is no port, now", stanza_option(edit.key), edit.key.substr(0, dot)));
    return true;
  });
}

// A bond is there for the day on which a card is not: it comes up without it.
Names listed_ports(Asked& asked, const Observed& observed, const HookCall& call,
                   const std::set<std::string>& own) {
  Names present;
  for (const auto& port : call.stanza.ports) {
    if (is_there(observed, port))
      present.push_back(port);
    else
      asked.notes.push_back(
          fmt::format("bond-slaves: {}: no such device: {} goes on without it", port, call.interface));
  }
  if (!present.empty() || !own.empty()) return present;
  asked.notes.clear();
  asked.edits.wrong.push_back(
      fmt::format("bond-slaves: there is no {}: 'ip link' lists the devices that are there",
                  fmt::join(call.stanza.ports, ", no ")));
  return present;
}

Names wanted_ports(Asked& asked, const Observed& observed, const HookCall& call,
                   const std::set<std::string>& own) {
  auto ports = port_names(observed, call.interface);
  const auto add = [&](const std::string& port) {
    if (!has(ports, port)) ports.push_back(port);
  };
  if (call.stanza.list == PortList::kListed) {
    std::erase_if(ports, [&](const auto& port) { return !own.contains(port); });
    std::ranges::for_each(listed_ports(asked, observed, call, own), add);
  } else if (call.stanza.list == PortList::kEveryCard) {
    for (const auto& [name, link] : observed.state.links)
      if (is_free_card(observed, name)) add(name);
  }
  std::ranges::for_each(own, add);
  return ports;
}

void put_ports(Edits& edits, const Names& ports, const Names& before) {
  if (std::set(ports.begin(), ports.end()) == std::set(before.begin(), before.end())) return;
  edits.good.insert(edits.good.begin(), {"ports", Edit::How::kSet, fmt::format("{}", fmt::join(ports, " "))});
}

}  // namespace

bool HookCall::is_at_work_on(std::string_view name) const {
  return at_work.contains(in_variable(name));
}

Result<std::optional<HookCall>> read_call(const Environment& environment) {
  if (value_in(environment, "IFACE").empty() || value_in(environment, "MODE").empty())
    return fail("ifupdown: IFACE and MODE are not set: ifup and ifdown run this, see bondctl(8)");
  const auto phase = phase_of(value_in(environment, "PHASE"));
  if (!phase || value_in(environment, "ADDRFAM") == "meta") return std::nullopt;
  return call_of(environment, *phase);
}

Asked ask_for_bond(const Observed& observed, const HookCall& call, const std::set<std::string>& own) {
  Asked asked{call.stanza.edits, call.stanza.notes};
  const auto* there = bond_called(observed, call.interface);
  const auto miimon = there == nullptr ? 0 : there->bond->get(BondOption::kMiimon);
  for (auto& note : settle_monitor(asked.edits, miimon)) asked.notes.push_back(std::move(note));
  const auto ports = wanted_ports(asked, observed, call, own);
  put_ports(asked.edits, ports, port_names(observed, call.interface));
  drop_absent(asked, ports);
  choose_primary(asked.edits, call.stanza, ports);
  return asked;
}

// The other options are the master's, whose own stanza has them.
Asked ask_to_join(const Observed& observed, const HookCall& call) {
  Asked asked{{}, call.stanza.notes};
  asked.edits.said_as = SaidAs::kStanza;
  asked.edits.wrong = call.stanza.edits.wrong;
  asked.edits.good.push_back({"ports", Edit::How::kAdd, call.interface});
  for (const auto& edit : call.stanza.edits.good)
    if (edit.key.starts_with(call.interface + ".")) asked.edits.good.push_back(edit);
  auto ports = port_names(observed, call.stanza.master);
  ports.push_back(call.interface);
  choose_primary(asked.edits, call.stanza, ports);
  return asked;
}

Asked ask_to_leave(const Observed& observed, const HookCall& call, const std::string& bond) {
  Asked asked;
  asked.edits.said_as = SaidAs::kStanza;
  asked.edits.good.push_back({"ports", Edit::How::kTakeAway, call.interface});
  auto ports = port_names(observed, bond);
  std::erase(ports, call.interface);
  if (const auto* there = bond_called(observed, bond); there != nullptr && has_active_port(there->bond->mode))
    choose_primary(asked.edits, call.stanza, ports);
  return asked;
}

}  // namespace hawser::bondctl
