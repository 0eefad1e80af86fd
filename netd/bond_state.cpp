#include "netd/bond_state.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hawser::netd {
namespace {

// Why a port does not carry, worst first: the order in which it is said.
enum class Trouble : std::uint8_t {
  kNone,
  kMissing,
  kNotMember,
  kSetDown,
  kNoCarrier,
  kHeldDown,
  kComingUp,
  kNoPartner,
  kApart,
  kNotDistributing,
};

// "eth0 has no carrier", "eth0 and eth1 have no carrier".
struct Words {
  Trouble trouble;
  std::string_view one, several;
};
constexpr std::array<Words, 9> kWords{{
    {Trouble::kMissing, "is missing", "are missing"},
    {Trouble::kNotMember, "is not in the bond", "are not in the bond"},
    {Trouble::kSetDown, "is set down", "are set down"},
    {Trouble::kNoCarrier, "has no carrier", "have no carrier"},
    {Trouble::kHeldDown, "is held for down by the bond's monitor", "are held for down by the bond's monitor"},
    {Trouble::kComingUp, "waits for updelay", "wait for updelay"},
    {Trouble::kNoPartner, "has no LACP partner", "have no LACP partner"},
    {Trouble::kApart, "is not aggregated: its partner, speed or key is not that of the others",
     "are not aggregated: their partner, speed or key is not that of the others"},
    {Trouble::kNotDistributing, "is not taken into use by its LACP partner",
     "are not taken into use by their LACP partner"},
}};

using Ports = std::map<Trouble, std::vector<std::string>>;

Trouble trouble_of_lacp(const LacpStatus& lacp, std::uint16_t active) {
  if (!lacp.partner) return Trouble::kNoPartner;
  if (active != 0 && lacp.aggregator != active) return Trouble::kApart;
  return lacp.distributing ? Trouble::kNone : Trouble::kNotDistributing;
}

Trouble trouble_of_monitor(MiiStatus mii) {
  switch (mii) {
    case MiiStatus::kUp:
      return Trouble::kNone;
    case MiiStatus::kGoingUp:
      return Trouble::kComingUp;
    case MiiStatus::kGoingDown:
    case MiiStatus::kDown:
      break;
  }
  return Trouble::kHeldDown;
}

Trouble trouble_of(const std::string& bond, const std::string& name, const Observed& observed) {
  const auto link = observed.state.links.find(name);
  const auto status = observed.links.find(name);
  if (link == observed.state.links.end() || status == observed.links.end()) return Trouble::kMissing;
  const auto& port = status->second.port;
  if (link->second.master != bond || !port) return Trouble::kNotMember;
  if (!link->second.up) return Trouble::kSetDown;
  if (!status->second.carrier) return Trouble::kNoCarrier;
  if (const auto held = trouble_of_monitor(port->mii); held != Trouble::kNone) return held;
  return port->lacp ? trouble_of_lacp(*port->lacp, observed.links.at(bond).aggregator) : Trouble::kNone;
}

// An LACP port alone carries too: one at a time, as if it were the only one.
bool carries(Trouble trouble) {
  return trouble == Trouble::kNone || trouble == Trouble::kNoPartner;
}

std::string said(const Words& words, const std::vector<std::string>& ports) {
  return fmt::format("{} {}", fmt::join(ports, ", "), ports.size() == 1 ? words.one : words.several);
}

std::string said(const Ports& ports) {
  std::vector<std::string> parts;
  for (const auto& words : kWords)
    if (const auto found = ports.find(words.trouble); found != ports.end())
      parts.push_back(said(words, found->second));
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::string why_dead(const Ports& ports) {
  if (ports.empty()) return "it has no port";
  if (const auto only = ports.begin(); ports.size() == 1 && only->first == Trouble::kNoCarrier)
    return fmt::format("no port has a carrier ({})", fmt::join(only->second, ", "));
  return "no port can carry: " + said(ports);
}

std::string why_no_carrier(const Bond& bond, std::size_t carrying, const Ports& ports) {
  const auto least = bond.get(BondOption::kMinLinks);
  auto text = bond.mode == BondMode::k8023ad && carrying < least
                  ? fmt::format("{} of {} ports carry, min_links is {}", carrying, bond.ports.size(), least)
                  : std::string("it has no carrier, though a port could carry");
  const auto more = said(ports);
  return more.empty() ? text : text + ": " + more;
}

std::string why_ok(const std::string& active_port, std::size_t carrying) {
  if (!active_port.empty()) return "active port " + active_port;
  return carrying == 1 ? "1 port carries" : fmt::format("{} ports carry", carrying);
}

}  // namespace

Finding state_of_bond(const std::string& name, const Link& wanted,
                      const std::vector<config::MissingPort>& missing, const Observed& observed) {
  const auto link = observed.state.links.find(name);
  const auto status = observed.links.find(name);
  if (link == observed.state.links.end() || status == observed.links.end())
    return {name, Condition::kDead, "there is no such device"};
  if (!link->second.bond) return {name, Condition::kDead, "the device of this name is no bond"};
  if (!wanted.up) return {name, Condition::kOk, "set down by the file"};
  if (!link->second.up) return {name, Condition::kDead, "it is set down"};
  Ports ports;
  std::size_t carrying = 0;
  for (const auto& [port, options] : wanted.bond->ports) {
    const auto trouble = trouble_of(name, port, observed);
    if (carries(trouble)) ++carrying;
    if (trouble != Trouble::kNone) ports[trouble].push_back(port);
  }
  for (const auto& port : missing)
    if (port.bond == name) ports[Trouble::kMissing].push_back(port.port);
  if (carrying == 0) return {name, Condition::kDead, why_dead(ports)};
  if (!status->second.carrier) return {name, Condition::kDead, why_no_carrier(*wanted.bond, carrying, ports)};
  if (!ports.empty()) return {name, Condition::kDegraded, said(ports)};
  return {name, Condition::kOk, why_ok(status->second.active_port, carrying)};
}

}  // namespace hawser::netd
