// A bond bond0 of eth0 and eth1 as notifications tell of it, and moments to hear of it.
#pragma once

#include "lib/netlink/bond_story.h"

namespace hawser::test {

inline constexpr IfIndex kEth0{2};
inline constexpr IfIndex kEth1{3};
inline constexpr IfIndex kBond{9};

inline Moment at(int ms) {
  return {std::chrono::system_clock::time_point(std::chrono::milliseconds(1'000'000 + ms)),
          TimePoint(std::chrono::milliseconds(ms))};
}

inline LinkFact port(const std::string& name, IfIndex index, bool active = false) {
  LinkFact fact;
  fact.name = name;
  fact.index = index;
  fact.up = fact.carrier = true;
  fact.master = kBond;
  fact.carrier_changes = 2;
  fact.port = PortStatus{.active = active, .mii = MiiStatus::kUp, .failures = 0, .permanent_mac = {}};
  return fact;
}

inline LinkFact bond(IfIndex active = kEth0) {
  LinkFact fact;
  fact.name = "bond0";
  fact.index = kBond;
  fact.up = fact.carrier = true;
  fact.kind = "bond";
  fact.mode = BondMode::kActiveBackup;
  fact.active_port = active;
  return fact;
}

}  // namespace hawser::test
