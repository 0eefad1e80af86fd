// What only netd knows of bonds, from its status (doc/control-api.md says its shape; programs share no code).
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <boost/json/value.hpp>

namespace hawser::bondctl {

struct NetdBond {
  std::string unguarded_because;          // empty: it is watched
  std::uint64_t switches = 0;             // fast failovers of this bond since netd started
  std::string last_switch, last_refusal;  // "bond0: eth0 -> eth1: eth0 lost its carrier"; empty: none yet

  bool operator==(const NetdBond&) const = default;
};

struct NetdView {
  std::string state;                      // "running", "restarting", "off"
  std::uint64_t switches = 0;             // fast failovers of all bonds since netd started
  std::string last;                       // the last of them; empty: none yet
  std::map<std::string, NetdBond> bonds;  // those of netd's file

  // netd knows the bond and watches it.
  [[nodiscard]] bool watches(const std::string& bond) const {
    const auto found = bonds.find(bond);
    return found != bonds.end() && found->second.unguarded_because.empty();
  }
  bool operator==(const NetdView&) const = default;
};

NetdView read_netd(const boost::json::value& status);

}  // namespace hawser::bondctl
