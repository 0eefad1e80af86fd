// What only netd knows of bonds, from its status (netd/status.h says its shape; programs share no code).
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <boost/json/value.hpp>

namespace hawser::bondctl {

struct GuardedBond {
  std::string unguarded_because;          // empty: it is watched
  std::uint64_t switches = 0;             // fast failovers of this bond since netd started
  std::string last_switch, last_refusal;  // "bond0: eth0 -> eth1: eth0 lost its carrier"; empty: none yet

  bool operator==(const GuardedBond&) const = default;
};

struct Guard {
  std::string state;                         // "running", "restarting", "off"
  std::uint64_t switches = 0;                // fast failovers of all bonds since netd started
  std::string last;                          // the last of them; empty: none yet
  std::map<std::string, GuardedBond> bonds;  // those of netd's file

  // netd knows the bond and watches it.
  [[nodiscard]] bool watches(const std::string& bond) const {
    const auto found = bonds.find(bond);
    return found != bonds.end() && found->second.unguarded_because.empty();
  }
  bool operator==(const Guard&) const = default;
};

Guard read_guard(const boost::json::value& status);

}  // namespace hawser::bondctl
