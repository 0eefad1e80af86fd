// Bonds as text for people and as JSON for programs. Pure.
//
// The JSON is a promise: keys may be added under "format": 1, none renamed.
// {"format": 1,
//  "bonds": [{
//    "name": "bond0", "mode": "active-backup", "up": true, "carrier": true, "mac": "52:54:00:00:00:01",
//    "mtu": 1500,
//    "monitor": "mii",                    // "mii", "arp", "none"
//    "active_port": "eth0", "primary": "", // "": none
//    "options": {"miimon": "100ms", ..},  // every option that the mode takes and the kernel has, as in a
//    file "arp_ip_target": [], "ns_ip6_target": [], "hidden": [],                        // options that the
//    kernel shows only with CAP_NET_ADMIN "guarded": true,                     // null: netd did not answer
//    "lacp": {"aggregator": {"id": 1, "ports": 2, "actor_key": 15, "partner_key": 15,
//                            "partner": "52:54:00:00:00:02"},  // the active one; null: none
//             "counters": {..}},          // as of a port; null: not 802.3ad
//    "drained": ["eth1"],                 // by bondctl drain, in the bond or out of it
//    "last_change": {..},                 // netd's last event of kind switch; null: none known
//    "last_state": {..},                  // netd's last event of kind state; null: none known
//    "ports": [{"name": "eth0", "up": true, "carrier": true, "active": true, "mii": "up", "failures": 0,
//               "carrier_changes": 2, "carrier_ups": 1, "carrier_downs": 1,
//               "speed_mbps": 10000, "duplex": "full",  // null: the kernel has no ethtool; 0: unknown
//               "prio": 0, "queue_id": 0, "permanent_mac": "52:54:00:00:00:01",
//               "actor_port_prio": 255,  // null: not 802.3ad, or a kernel without it
//               "lacp": {"aggregator": 1, "carries": true, "why_not": "",
//                        "actor": {"state": 63, "state_words": ["active", ..], "churn": "none", "churns": 0,
//                                  // null for who has no CAP_NET_ADMIN:
//                                  "system": "52:54:00:00:00:01", "system_priority": 65535, "key": 15,
//                                  "port": 1, "port_priority": 255},
//                        "partner": {..},
//                        "counters": {"lacpdu_rx": 12, "lacpdu_tx": 14, ..}}}]}],  // null: not 802.3ad
//  "guard": {"state": "running", "switches": 1, "last": ""},     // null: netd did not answer
//  "waiting": {"what": "bondctl set bond0 mode=802.3ad", "taken_back_in": "43s"}}  // null: nothing
// What cannot be shown: lib/cli/refuse.h.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "bondctl/show/view.h"

namespace hawser::bondctl {

// In lines of at most `width` characters; 0: no limit.
std::string render(const View& view, const std::vector<std::string>& bonds, std::size_t width = 0);
boost::json::value to_json(const View& view, const std::vector<std::string>& bonds);

}  // namespace hawser::bondctl
