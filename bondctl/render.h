// Bonds as text for people and as JSON for programs. Pure.
//
// The JSON is a promise: keys may be added under "format": 1, none renamed.
// {"format": 1,
//  "bonds": [{
//    "name": "bond0", "mode": "active-backup", "up": true, "carrier": true, "mac": "52:54:00:00:00:01",
//    "mtu": 1500,
//    "monitor": "mii",                    // "mii", "arp", "none"
//    "active_port": "eth0", "primary": "", // "": none
//    "options": {"miimon": "100ms", ..},  // every option that the mode takes, in the words of the file
//    "arp_ip_target": [], "ns_ip6_target": [],
//    "hidden": [],                        // options that the kernel shows only with CAP_NET_ADMIN
//    "guarded": true,                     // null: netd did not answer
//    "ports": [{"name": "eth0", "up": true, "carrier": true, "active": true, "mii": "up", "failures": 0,
//               "carrier_changes": 2, "prio": 0, "queue_id": 0, "permanent_mac": "52:54:00:00:00:01"}]}],
//  "guard": {"state": "running", "switches": 1, "last": ""}}     // null: netd did not answer
// What cannot be shown: lib/cli/refuse.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "bondctl/netd_view.h"
#include "lib/base/result.h"
#include "lib/state/observed.h"

namespace hawser::bondctl {

struct View {
  Observed observed;
  bool privileged = false;        // CAP_NET_ADMIN: the kernel hid nothing
  std::optional<NetdView> guard;  // nullopt: netd did not answer
};

// The names of all bonds, or of the one that was asked for. Error: no such interface, or it is not a bond.
Result<std::vector<std::string>> choose(const Observed& observed, const std::string& asked);

std::string render(const View& view, const std::vector<std::string>& bonds);
boost::json::value to_json(const View& view, const std::vector<std::string>& bonds);

}  // namespace hawser::bondctl
