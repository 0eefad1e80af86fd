// What only netd knows of virtual services: names, health, configured weights, reasons. From its status
// (doc/control-api.md says its shape; programs share no code).
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <boost/json/value.hpp>

#include "lib/base/duration.h"
#include "lib/state/ipvs.h"

namespace hawser::lbctl {

struct NetdReal {
  std::string name;
  std::uint64_t weight = 0;  // as configured
  std::string state;         // "up", "down", "unknown"
  std::string reason;
  Milliseconds since{0};  // how long it has been in this state; 0: not known

  bool operator==(const NetdReal&) const = default;
};

struct NetdService {
  std::string name;
  std::string scheduler;
  std::map<Endpoint, NetdReal> reals;

  bool operator==(const NetdService&) const = default;
};

using NetdView = std::map<ServiceKey, NetdService>;

// Entries that cannot be read are left out: they are of a netd of another version.
NetdView read_netd(const boost::json::value& status);

}  // namespace hawser::lbctl
