// All that is known of the bonds of this host, and one bond or port picked out of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>

#include "bondctl/change/drained.h"
#include "bondctl/show/netd_view.h"
#include "lib/base/result.h"
#include "lib/daemon/undo.h"
#include "lib/state/bond_details.h"
#include "lib/state/bond_options.h"
#include "lib/state/observed.h"

namespace hawser::bondctl {

struct View {
  Observed observed;
  bool privileged = false;        // CAP_NET_ADMIN: the kernel hid nothing
  std::optional<NetdView> guard;  // nullopt: netd did not answer
  BondDetails details{};
  boost::json::array events{};             // netd's, oldest first (doc/control-api.md)
  std::optional<WaitingChange> waiting{};  // made with --confirm, and not confirmed yet
  DrainedPorts drained{};                  // of all bonds, as written down
};

// One bond. As long as the view lives.
struct Subject {
  const View& view;
  const std::string& name;
  const Link& link;
  const Bond& bond;
  LinkStatus status;
  LacpOfBond lacp;
};
Subject subject_of(const View& view, const std::string& name);

struct Port {
  std::string name;
  Link link;
  LinkStatus status;
  PortStatus port;
  BondPort options;
  PortDetails details;

  // Nothing that is seen here speaks against it: whether a partner thinks so too is LACP's.
  [[nodiscard]] bool usable() const { return link.up && status.carrier && port.mii == MiiStatus::kUp; }
};
Port port_of(const Subject& subject, const std::string& name);
std::vector<Port> ports_of(const Subject& subject);

// "mii", "arp", "none"
std::string_view monitor_of(const Bond& bond);

// Options that the kernel dumps only to CAP_NET_ADMIN, and only in 802.3ad (bond_fill_info).
std::vector<std::string_view> hidden_options(const Subject& subject);
bool is_hidden(const Subject& subject, std::string_view option);
// The mode takes it, this kernel has it and tells us.
bool is_shown(const Subject& subject, const BondOptionInfo& info);

// What speaks against a port: "is down", "has no carrier"; empty: nothing.
std::string why_unusable(const Port& port);

// Those that `bondctl drain` freed of traffic and that still are: in the bond with the least prio, or out of
// it.
std::vector<std::string> drained_ports(const Subject& subject);

// The events of netd about this bond.
boost::json::array events_of(const Subject& subject);
// The last one of a kind; null: none known.
boost::json::value last_event(const Subject& subject, std::string_view kind);

// The names of all bonds, or of the one that was asked for. Error: no such interface, or it is not a bond.
Result<std::vector<std::string>> choose(const Observed& observed, const std::string& asked);

}  // namespace hawser::bondctl
