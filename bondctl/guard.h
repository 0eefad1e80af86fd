// What only netd knows of bonds, from its status (netd/status.h says its shape; programs share no code).
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include <boost/json/value.hpp>

namespace hawser::bondctl {

struct Guard {
  std::string state;            // "running", "restarting", "off"
  std::uint64_t switches = 0;   // fast failovers since it started
  std::string last;             // "bond0: eth0 -> eth1: eth0 lost its carrier"; empty: none yet
  std::set<std::string> bonds;  // those that it watches

  bool operator==(const Guard&) const = default;
};

Guard read_guard(const boost::json::value& status);

}  // namespace hawser::bondctl
