// Which object a step belongs to, and what of the kernel's state it may change.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lib/plan/step.h"

namespace hawser {

// The bond that lists `device` as a port; empty: none.
std::string bond_of(const State& state, const std::string& device);

// What the file wants and what there was before.
struct Sides {
  const State& wanted;
  const State& before;

  // The bond that the device is to be in and is not; empty: none.
  [[nodiscard]] std::string joins(const std::string& device) const;
  [[nodiscard]] bool is_bond(const std::string& name) const;  // on either side
};

// The unit of refusal that a step is in: the smallest thing that can stand without the rest.
// - "bond0": the device itself, to be made or to get another mode
// - "bond0 port eth1": the card as a port, with all that makes it ready for that
// - "bond0 port eth1 prio", "bond0 option lacp_rate", "eth0 mtu": one value
// - "eth0 address 192.0.2.1/24", "route default"
// - "tcp 192.0.2.100:80": a service
// What rests on a refused unit is in hold.h.
std::string unit_of(const Step& step, const State& wanted, const State& before);
std::string port_unit(const std::string& bond, const std::string& port);  // "bond0 port eth1"
bool is_ipvs_step(const Step& step);                                      // not one of the network

// What steps were about; side effects of the kernel on other objects are not in it.
struct Touched {
  std::set<std::string> links;
  std::set<std::pair<std::string, Prefix>> addresses;
  std::set<RouteKey> routes;
  std::set<ServiceKey> services;
  bool ipvs_host = false;
  bool nft = false;

  void add(const Step& step);
};

}  // namespace hawser
